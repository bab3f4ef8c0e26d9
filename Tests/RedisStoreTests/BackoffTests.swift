import NIOCore
import Testing

@testable import RedisStore

@Suite struct BackoffTests {
    @Test func `waits grow from 50 ms to 2 s and stay there`() {
        var backoff = Backoff(limits: RedisLimits(), jitter: { 1 })
        let waits = (0..<100).map { _ in backoff.next(refused: false) }
        #expect(Array(waits[..<7]) == [50, 100, 200, 400, 800, 1_600, 2_000].map { .milliseconds($0) })
        #expect(waits[7...].allSatisfy { $0 == .seconds(2) })
    }

    @Test func `after a connection that held, the next is tried at once`() {
        var backoff = Backoff(limits: RedisLimits(), jitter: { 1 })
        _ = backoff.next(refused: false)
        backoff.reset()
        #expect(backoff.next(refused: false) == .zero)
        #expect(backoff.next(refused: false) == .milliseconds(50))
    }

    @Test func `no dice make it faster than the shortest wait`() {
        var backoff = Backoff(limits: RedisLimits(), jitter: { 0 })
        for _ in 0..<100 { #expect(backoff.next(refused: false) == .milliseconds(50)) }
    }

    @Test func `a refused password waits longest`() {
        var backoff = Backoff(limits: RedisLimits(), jitter: { 0.5 })
        #expect(backoff.next(refused: true) == .seconds(3))
    }
}
