import NIOCore
import RedisStore
import TestSupport
import Testing

extension RedisTests {
    @Suite struct HostileServerTests {
        private static func random(_ count: Int) -> ByteBuffer {
            var random = SystemRandomNumberGenerator()
            // A first byte that begins no value.
            return ByteBuffer(bytes: [0xFF] + (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }

        /// Sends PING to a server that answers so, and looks at what it costs.
        private static func hear(_ answer: ByteBuffer, isEndless: Bool = false, reply: Int = 16 << 20) async throws {
            let server = try await HostileServer(answer: answer, isEndless: isEndless)
            var limits = RedisLimits()
            limits.commandDeadline = .seconds(30)
            limits.reply = reply
            try await TestClient.run(server.url, limits: limits) { test async throws in
                let before = ResidentMemory.bytes
                let (error, _) = await test.failure()
                guard case .protocolViolation = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(ResidentMemory.bytes - before < 100 << 20)
                #expect(try await eventually { test.client.state == .ready } != nil, "it is tried again")
            }
            try await server.stop()
        }

        @Test(arguments: [
            "$99999999999\r\n", "*1000000000\r\n", "*2147483647\r\n", "$-5\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", ":1e9\r\n",
            String(repeating: "*1\r\n", count: 1_000), String(repeating: "*2\r\n", count: 1_000_000), "+" + String(repeating: "x", count: 1_000_000),
        ])
        func `nonsense ends the connection`(_ answer: String) async throws { try await Self.hear(ByteBuffer(string: answer)) }

        @Test func `random bytes end the connection`() async throws {
            for _ in 0..<20 { try await Self.hear(Self.random(1_000)) }
        }

        @Test func `a line without an end is not kept`() async throws {
            try await Self.hear(ByteBuffer(string: "+" + String(repeating: "x", count: 100_000)), isEndless: true)
        }

        @Test func `a list without an end is not kept`() async throws {
            let answer = "*600000\r\n" + String(repeating: "$1000\r\n" + String(repeating: "x", count: 1_000) + "\r\n", count: 30)
            // Both halves must begin where a value does.
            let bytes = ByteBuffer(string: answer + answer.dropFirst("*600000\r\n".count))
            let server = try await HostileServer(answer: bytes, isEndless: false)
            var limits = RedisLimits()
            limits.commandDeadline = .milliseconds(300)
            try await TestClient.run(server.url, limits: limits) { test in #expect(await test.failure().error == .timeout) }
            try await server.stop()
            try await Self.hear(bytes, reply: 50_000)
        }

        @Test func `more answers than questions end the connection`() async throws {
            let server = try await HostileServer(answer: ByteBuffer(string: "+PONG\r\n+SURPRISE\r\n"))
            try await TestClient.run(server.url) { test async throws in
                #expect(await test.failure().error == nil)
                #expect(try await eventually { test.log.warnings.count == 1 } != nil)
                #expect(test.log.warnings.allSatisfy { $0.contains("nobody asked") })
            }
            try await server.stop()
        }

        @Test(arguments: [
            "$99999999999\r\n", "-DENIED protected mode\r\n", "\0\0\0", "+OK\r\n-LOADING Redis is loading\r\n", "+OK\r\n+PONG\r\n+PONG\r\n",
            // Whoever gives back what he gets: a connection that the system has made with itself does.
            "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$7\r\nlanding\r\n*1\r\n$4\r\nPING\r\n",
        ])
        func `a greeting that is none makes it unavailable`(_ greeting: String) async throws {
            let server = try await HostileServer(greeting: greeting, answer: ByteBuffer())
            try await TestClient.run(server.url, isReady: false) { test async throws in
                #expect(try await eventually { !test.reason.isEmpty } != nil)
            }
            try await server.stop()
        }
    }
}
