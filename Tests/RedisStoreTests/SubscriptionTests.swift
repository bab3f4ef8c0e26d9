import NIOCore
import RedisStore
import TestSupport
import Testing

extension RedisTests {
    @Suite struct SubscriptionTests {
        private static func publish(_ test: TestClient, _ channel: String, _ text: String) async throws {
            _ = try await test.client.send(RedisCommand("PUBLISH", .text(channel), .text(text)))
        }

        private static func message(_ channel: String, _ text: String) -> RedisMessage {
            .message(channel: channel, payload: ByteBuffer(string: text))
        }

        @Test(.timeLimit(.minutes(1))) func `messages of one's channels are heard, in their order`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                var heard = test.client.subscribe(["a", "b"]).makeAsyncIterator()
                #expect(await heard.next() == .subscribed)
                for number in 0..<100 { try await Self.publish(test, number % 2 == 0 ? "a" : "b", "\(number)") }
                try await Self.publish(test, "c", "not for us")
                try await Self.publish(test, "a", "")
                for number in 0..<100 { #expect(await heard.next() == Self.message(number % 2 == 0 ? "a" : "b", "\(number)")) }
                #expect(await heard.next() == Self.message("a", ""))
            }
        }

        @Test(.timeLimit(.minutes(1))) func `several listeners share channels, and one that leaves takes nothing from the others`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                var first = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(await first.next() == .subscribed)
                do {
                    var second = test.client.subscribe(["a", "b"]).makeAsyncIterator()
                    #expect(await second.next() == .subscribed)
                    try await Self.publish(test, "a", "1")
                    #expect(await second.next() == Self.message("a", "1"))
                }
                #expect(await first.next() == Self.message("a", "1"))
                func listeners(_ channel: String) async throws -> RedisValue {
                    try await test.client.send(RedisCommand("PUBSUB", "NUMSUB", .text(channel)))
                }
                let none = RedisValue.array([.bulk(ByteBuffer(string: "b")), .integer(0)])
                #expect(try await eventually { try await listeners("b") == none } != nil)
                try await Self.publish(test, "a", "2")
                #expect(await first.next() == Self.message("a", "2"))
                var third = test.client.subscribe(["b"]).makeAsyncIterator()
                #expect(await third.next() == .subscribed)
                try await Self.publish(test, "b", "3")
                #expect(await third.next() == Self.message("b", "3"))
            }
        }

        @Test(.timeLimit(.minutes(1))) func `a new connection says that it hears again`() async throws {
            let server = try await RedisServer()
            try await TestClient.run(server.url()) { test async throws in
                var heard = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(await heard.next() == .subscribed)
                for round in 0..<2 {
                    server.kill()
                    try await server.restart()
                    #expect(await heard.next() == .subscribed)
                    #expect(try await eventually { test.client.state == .ready } != nil)
                    try await Self.publish(test, "a", "\(round)")
                    #expect(await heard.next() == Self.message("a", "\(round)"))
                }
            }
        }

        @Test(.timeLimit(.minutes(1))) func `a listener who came before the server hears it`() async throws {
            let server = try await RedisServer()
            server.kill()
            try await TestClient.run(server.url(), isReady: false) { test async throws in
                var heard = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(try await eventually { !test.reason.isEmpty } != nil)
                try await server.restart()
                #expect(await heard.next() == .subscribed)
            }
        }

        @Test(.timeLimit(.minutes(1))) func `a connection that died in silence is noticed`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.subscriptionPing = .milliseconds(100)
            limits.connectDeadline = .milliseconds(300)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                var heard = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(await heard.next() == .subscribed)
                server.pause()
                #expect(try await eventually { test.log.warnings.contains { $0.contains("Redis subscription") } } != nil)
                server.resume()
                #expect(await heard.next() == .subscribed)
            }
        }

        @Test(.timeLimit(.minutes(1))) func `a quiet connection that lives is kept`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.subscriptionPing = .milliseconds(20)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                var heard = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(await heard.next() == .subscribed)
                try await Task.sleep(for: .milliseconds(1_500))
                try await Self.publish(test, "a", "still here")
                #expect(await heard.next() == Self.message("a", "still here"))
                #expect(test.log.warnings.isEmpty)
            }
        }

        @Test(.timeLimit(.minutes(1))) func `a listener who is too slow learns that it missed something`() async throws {
            let server = try await RedisServer()
            var limits = RedisLimits()
            limits.subscriptionBuffer = 10
            limits.subscriptionPing = .milliseconds(50)
            try await TestClient.run(server.url(), limits: limits) { test async throws in
                var heard = test.client.subscribe(["a"]).makeAsyncIterator()
                #expect(await heard.next() == .subscribed)
                for number in 0..<100 { try await Self.publish(test, "a", "\(number)") }
                var numbers: [RedisMessage] = []
                while let message = await heard.next(), message != .subscribed { numbers.append(message) }
                #expect(numbers.starts(with: (0..<10).map { Self.message("a", "\($0)") }))
                #expect(numbers.count < 100)
                try await Self.publish(test, "a", "new")
                while let message = await heard.next(), message != Self.message("a", "new") {}
            }
        }
    }
}
