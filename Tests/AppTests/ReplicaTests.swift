import Foundation
import TestSupport
import Testing

/// Two processes of the site on one Redis.
@Suite struct ReplicaTests {
    @Test func `a hundred visitors of a cold page on two replicas cost one rendering`() async throws {
        let redis = try await RedisServer()
        try await replicas(redis) { ports in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { try await HTTPExchange.send("GET", "/docs/architecture/overview", port: ports[number % 2]) }
                }
                var tags: Set<String> = []
                for try await answer in group {
                    #expect(answer.status == 200)
                    tags.insert(answer.header("ETag") ?? "")
                }
                #expect(tags.count == 1)
            }
            let renderings = try await ports.asyncSum { try await Self.count("page_cache_renderings_total", port: $0) }
            #expect(renderings == 1)
            let stored = try await redisKeys(redis)
            #expect(stored == 1)
        }
    }

    @Test func `pages keep coming while Redis is gone, and it is used again when it is back`() async throws {
        let redis = try await RedisServer()
        try await replicas(redis) { ports in
            let port = ports[0]
            #expect(try await HTTPExchange.send("GET", "/docs", port: port).status == 200)
            #expect(try await HTTPExchange.send("GET", "/readyz", port: port).body.contains("\"redis\":\"ready\""))
            redis.pause()
            let start = ContinuousClock.now
            #expect(try await HTTPExchange.send("GET", "/docs/start", port: port).status == 200)
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(try await HTTPExchange.send("GET", "/docs", port: port).header("Cache-Status") == "Landing; hit")
            redis.kill()
            #expect(try await HTTPExchange.send("GET", "/docs/writing", port: port).status == 200)
            #expect(try await HTTPExchange.send("GET", "/readyz", port: port).body.contains("unavailable for"))
            try await redis.restart()
            for port in ports {
                let recovered = try await eventually(within: .seconds(5)) {
                    try await HTTPExchange.send("GET", "/readyz", port: port).body.contains("\"redis\":\"ready\"")
                }
                #expect(recovered != nil)
            }
            #expect(try await HTTPExchange.send("GET", "/docs/services", port: port).status == 200)
            #expect(try await HTTPExchange.send("GET", "/docs/services", port: ports[1]).header("Cache-Status") == "Landing; hit; detail=shared")
        }
    }

    /// Serves twice, from the same notes and with the same address for browsers.
    private func replicas(_ redis: RedisServer, test: ([Int]) async throws -> Void) async throws {
        let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
        func program(_ data: TemporaryFolder) -> LandingProgram {
            LandingProgram(environment: ["LANDING_DATA": data.path, "REDIS_URL": redis.url(), "LANDING_ORIGIN": "http://agents.example"])
        }
        _ = try await program(one).serve { first in
            _ = try await program(other).serve { second in try await test([first, second]) }
        }
    }

    private static func count(_ metric: String, port: Int) async throws -> Int {
        let text = try await HTTPExchange.send("GET", "/api/metrics", port: port).body
        let line = text.split(separator: "\n").first { $0.hasPrefix(metric) }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
    }

    /// How many pages are in Redis.
    private func redisKeys(_ redis: RedisServer) async throws -> Int {
        let answer = try await HTTPExchange.raw("KEYS landing:page:*\r\nQUIT\r\n", port: redis.port)
        return answer.text.split(separator: "\r\n").count { $0.hasPrefix("landing:page:") && !$0.hasSuffix(":making") }
    }
}

extension [Int] {
    fileprivate func asyncSum(_ value: (Int) async throws -> Int) async throws -> Int {
        var sum = 0
        for element in self { sum += try await value(element) }
        return sum
    }
}
