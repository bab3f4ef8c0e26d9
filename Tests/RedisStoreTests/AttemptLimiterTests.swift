import Foundation
import Identity
import RedisStore
import TestSupport
import Testing

@Suite struct AttemptLimiterTests {
    private static let now = Date(timeIntervalSince1970: 1_790_000_000)

    @Test func `replicas count together, and slow down together`() async throws {
        let server = try await RedisServer()
        try await TestClient.run(server.url()) { one in
            try await TestClient.run(server.url()) { other in
                let limiters = [RedisAttemptLimiter(one.client), RedisAttemptLimiter(other.client)]
                for number in 0..<5 {
                    #expect(await limiters[number % 2].take(.code, "ada", at: Self.now) == nil)
                }
                for limiter in limiters { #expect(await limiter.take(.code, "ada", at: Self.now) == 60) }
                #expect(await limiters[0].take(.code, "bob", at: Self.now) == nil)
                #expect(await limiters[1].take(.code, "ada", at: Self.now + 60) == nil)
                await limiters[0].reset(.code, "ada")
                for _ in 0..<5 { #expect(await limiters[0].take(.code, "ada", at: Self.now + 60) == nil) }
            }
        }
    }

    @Test func `without Redis each counts by itself`() async throws {
        let server = try await RedisServer()
        try await TestClient.run(server.url()) { test in
            let limiter = RedisAttemptLimiter(test.client)
            server.kill()
            for _ in 0..<5 { #expect(await limiter.take(.code, "ada", at: Self.now) == nil) }
            #expect(await limiter.take(.code, "ada", at: Self.now) == 60)
        }
    }
}
