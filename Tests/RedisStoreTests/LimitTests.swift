import NIOCore
import RedisStore
import TestSupport
import Testing

extension RedisTests {
    @Suite struct LimitTests {
        @Test func `a cancelled caller is free at once, and the others keep their answers`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.commandDeadline = .seconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                server.pause()
                let cancelled = Task { await test.failure() }
                let patient = Task { try await test.client.send(RedisCommand("ECHO", "mine")) }
                cancelled.cancel()
                let (error, time) = await cancelled.value
                #expect(error == .cancelled && time < .seconds(5))
                server.resume()
                #expect(try await patient.value.string == "mine")
                #expect(try await test.client.send(RedisCommand("ECHO", "next")).string == "next")
                #expect(test.client.state == .ready)
            }
        }

        @Test func `who is cancelled before sends nothing`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await test.client.send(RedisCommand("SET", "key", "x"))
                }
                await #expect(throws: RedisError.cancelled) { try await task.value }
                #expect(try await test.get("key") == nil)
            }
        }

        @Test func `more commands than may wait are refused, and the count goes down again`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.waitingCommands = 10
            limits.commandDeadline = .seconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                for _ in 0..<3 {
                    server.pause()
                    let tasks = (0..<30).map { _ in Task { await test.failure().error } }
                    let refused = try await eventually {
                        test.outcomes.all.count { $0 == .overloaded } % 20 == 0 && test.outcomes.all.last == .overloaded
                    }
                    #expect(refused != nil)
                    server.resume()
                    var errors: [RedisError?] = []
                    for task in tasks { errors.append(await task.value) }
                    #expect(errors.count { $0 == .overloaded } == 20)
                    #expect(errors.count { $0 == nil } == 10)
                }
            }
        }

        @Test func `more bytes than may wait are refused`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.waitingBytes = 100_000
            limits.commandDeadline = .seconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                let large = RedisCommand("SET", "key", .bytes(ByteBuffer(repeating: 1, count: 60_000)))
                for _ in 0..<10 { _ = try await test.client.send(large) }
                await #expect(throws: RedisError.overloaded) {
                    try await test.client.send(RedisCommand("SET", "key", .bytes(ByteBuffer(repeating: 1, count: 100_000))))
                }
                server.pause()
                let first = Task { try await test.client.send(large) }
                let second = Task { try await test.client.send(large) }
                #expect(try await eventually { test.outcomes.all.count { $0 == .overloaded } == 2 } != nil)
                server.resume()
                let results = [await first.result, await second.result]
                // One of them was refused, whichever came second.
                #expect(results.count { (try? $0.get()) == .status("OK") } == 1)
            }
        }

        @Test func `an answer larger than allowed ends the connection, not the program`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.reply = 100_000
            limits.commandDeadline = .seconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                _ = try await test.client.send(RedisCommand("SETRANGE", "large", 200_000, "x"))
                await #expect(throws: RedisError.protocolViolation("the server sent a larger answer than allowed")) {
                    try await test.client.send(RedisCommand("GET", "large"))
                }
                #expect(try await eventually { test.client.state == .ready } != nil)
                #expect(try await test.get("small") == nil)
            }
        }
    }
}
