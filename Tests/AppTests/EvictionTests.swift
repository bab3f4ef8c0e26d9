import Foundation
import TestSupport
import Testing

/// The whole site before a Redis that has no room and drops what it likes.
@Suite struct EvictionTests {
    /// More than fits: each is kept as it is and in three codings.
    private static let count = 60

    /// Notes that no coding makes much smaller.
    private static func files() -> [String: String] {
        var state: UInt64 = 7
        var files = ["site.yml": "title: Room\n", "index.md": "# Home"]
        for number in 0..<count {
            let words = (0..<3_000).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return String(state >> 20, radix: 36)
            }
            files["notes/n\(number).md"] = "# Note \(number)\n\n\(words.joined(separator: " "))\n"
        }
        return files
    }

    @Test func `pages stay what they are while Redis evicts them all the time`() async throws {
        let redis = try await RedisServer(options: ["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"])
        let notes = try TemporaryFolder(Self.files())
        let data = [try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder()]
        func program(_ folder: TemporaryFolder, _ extra: [String: String] = [:]) -> LandingProgram {
            LandingProgram(
                environment: [
                    "LANDING_CONTENT": notes.path, "LANDING_DATA": folder.path, "LANDING_ORIGIN": "http://agents.example",
                    "LANDING_TEMPLATES": "\(Repository.path)/Templates", "LANDING_PUBLIC": "\(Repository.path)/Public",
                ].merging(extra) { $1 })
        }
        // Room for two or three pages: nearly every answer is asked of Redis.
        let crowded = ["REDIS_URL": redis.url(), "LANDING_CACHE_BYTES": "400000"]
        var shared = 0
        _ = try await program(data[0]).serve { alone in
            _ = try await program(data[1], crowded).serve { first in
                _ = try await program(data[2], crowded).serve { second in
                    for round in 0..<4 {
                        for number in 0..<Self.count {
                            let coding = ["identity", "gzip", "br", "zstd"][(round + number) % 4]
                            let target = "/notes/n\(number)"
                            let expected = try await Self.get(target, coding, port: alone)
                            // Now the one makes it and the other finds it, now it is gone meanwhile.
                            for port in number % 2 == 0 ? [first, second] : [second, first] {
                                let answer = try await Self.get(target, coding, port: port)
                                #expect(answer.status == 200 && answer.bytes == expected.bytes, "\(target) in \(coding), round \(round)")
                                #expect(answer.header("ETag") == expected.header("ETag") && answer.header("ETag") != nil)
                                #expect(answer.header("Content-Encoding") == expected.header("Content-Encoding"))
                                if answer.header("Cache-Status")?.contains("detail=shared") == true { shared += 1 }
                            }
                        }
                    }
                    for port in [first, second] {
                        #expect(try await HTTPExchange.send("GET", "/readyz", port: port).body.contains("\"redis\":\"ready\""))
                    }
                }
            }
        }
        #expect(shared > 0)
        #expect(try await Self.number("evicted_keys", redis) > Self.count)
        #expect(try await Self.number("keyspace_misses", redis) > 0)
    }

    private static func get(_ target: String, _ coding: String, port: Int) async throws -> HTTPExchange {
        try await HTTPExchange.send("GET", target, port: port, headers: ["Accept-Encoding": coding])
    }

    /// What Redis has counted.
    private static func number(_ name: String, _ redis: RedisServer) async throws -> Int {
        let answer = try await HTTPExchange.raw("INFO stats\r\nQUIT\r\n", port: redis.port)
        let line = answer.text.split(separator: "\r\n").first { $0.hasPrefix("\(name):") }
        return try #require(line.flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }, "\(answer.text)")
    }
}
