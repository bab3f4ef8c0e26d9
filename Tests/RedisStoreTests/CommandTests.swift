import NIOCore
import RedisStore
import TestSupport
import Testing

extension RedisTests {
    @Suite struct CommandTests {
        /// For debug builds on a busy machine; what deadlines do is tested elsewhere.
        private static var patient: RedisLimits {
            var limits = RedisLimits()
            limits.commandDeadline = .seconds(20)
            return limits
        }

        @Test func `values come back as they were stored, whatever their bytes and size`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                for size in [0, 1, 255, 65_535, 65_536, 1 << 20, 5 << 20] {
                    let value = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
                    #expect(try await test.client.send(RedisCommand("SET", "key", .bytes(value))) == .status("OK"))
                    #expect(try await test.client.send(RedisCommand("STRLEN", "key")) == .integer(size))
                    let same = try await test.client.send(RedisCommand("GET", "key")) == .bulk(value)
                    #expect(same, "\(size) bytes")
                }
            }
        }

        @Test func `any bytes of any argument arrive`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                var random = SystemRandomNumberGenerator()
                for _ in 0..<200 {
                    let texts = ["", "\r\n", "\0", "grün", "$5\r\nhello", "%s%n%b", String(repeating: "x", count: 3_000)]
                    let arguments = (0..<Int.random(in: 1...40, using: &random)).map { _ -> RedisArgument in
                        guard Bool.random(using: &random) else { return .text(texts.randomElement(using: &random)!) }
                        let count = Int.random(in: 0...200, using: &random)
                        return .bytes(ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }))
                    }
                    let expected = arguments.map { argument -> RedisValue in
                        switch argument {
                        case .text(let text): .bulk(ByteBuffer(string: text))
                        case .bytes(let bytes): .bulk(bytes)
                        }
                    }
                    #expect(try await test.client.send(RedisCommand("EVAL", ["return ARGV", 0] + arguments)) == .array(expected))
                }
            }
        }

        @Test func `a part of a buffer is sent as that part`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                var buffer = ByteBuffer(string: "before value after")
                buffer.moveReaderIndex(forwardBy: 7)
                let slice = buffer.readSlice(length: 5)
                let value = try #require(slice)
                _ = try await test.client.send(RedisCommand("SET", "key", .bytes(value)))
                #expect(try await test.get("key") == "value")
            }
        }

        @Test func `ten thousand arguments are sent`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                let members = (0..<10_000).map { RedisArgument.integer($0) }
                #expect(try await test.client.send(RedisCommand("SADD", ["set"] + members)) == .integer(10_000))
            }
        }

        @Test func `a thousand callers at once get each their own answer`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1_000 {
                        group.addTask { try await test.client.send(RedisCommand("ECHO", .integer(number))).string != "\(number)" }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(wrong == 0)
                #expect(test.outcomes.all.count == 1_000 && test.outcomes.all.allSatisfy { $0 == .ok })
            }
        }

        @Test func `commands of one caller are done in their order`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                for number in 0..<200 { _ = try await test.client.send(RedisCommand("RPUSH", "list", .integer(number))) }
                let list = try await test.client.send(RedisCommand("LRANGE", "list", 0, -1))
                #expect(list == .array((0..<200).map { .bulk(ByteBuffer(string: "\($0)")) }))
            }
        }

        @Test func `callers do not wait for each other's answers`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                func roundTrips() async throws -> Int {
                    let stats = try await test.client.send(RedisCommand("INFO", "stats")).string ?? ""
                    return stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_reads_processed:") }
                        .flatMap { Int($0.split(separator: ":")[1]) } ?? 0
                }
                let before = try await roundTrips()
                await withTaskGroup { group in
                    // Only what the server reads is counted.
                    for _ in 0..<1_000 { group.addTask { _ = try? await test.client.send(RedisCommand("PING")) } }
                }
                #expect(try await roundTrips() - before < 500, "so many reads for a thousand commands")
            }
        }

        @Test func `the server's error is its caller's alone`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                try await test.set("text", "x")
                await #expect(throws: RedisError.server("ERR value is not an integer or out of range")) {
                    try await test.client.send(RedisCommand("INCR", "text"))
                }
                #expect(try await test.get("text") == "x")
                #expect(test.outcomes.all == [.ok, .error, .ok])
            }
        }

        @Test(arguments: ["SUBSCRIBE", "select", "Multi", "BLPOP", "QUIT", "AUTH", ""])
        func `what would change the connection for the others is not sent`(_ name: String) async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                await #expect(throws: RedisError.unsupported(name)) { try await test.client.send(RedisCommand(name, "x")) }
                #expect(try await test.get("x") == nil)
            }
        }

        @Test func `a database of one's own is used`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url(database: 7)) { test async throws in
                try await test.set("here", "x")
                let script = RedisCommand("EVAL", "return redis.call('DBSIZE')", 0)
                #expect(try await test.client.send(script) == .integer(1))
            }
            try await TestClient.run(server.url()) { test async throws in
                #expect(try await test.get("here") == nil, "database 7 is another one")
            }
        }

        @Test func `a full server drops old values and goes on`() async throws {
            let server = try await RedisServer(options: ["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"])
            try await TestClient.run(server.url(), limits: Self.patient) { test async throws in
                let value = ByteBuffer(repeating: 7, count: 20_000)
                for number in 0..<500 {
                    #expect(try await test.client.send(RedisCommand("SET", "key\(number)", .bytes(value))) == .status("OK"))
                }
                var missing = 0
                for number in 0..<500 where try await test.client.send(RedisCommand("GET", "key\(number)")) == .null { missing += 1 }
                #expect(missing > 200)
                #expect(try await test.client.send(RedisCommand("SET", "last", "x")) == .status("OK"))
                #expect(try await test.get("last") == "x")
            }
        }
    }
}
