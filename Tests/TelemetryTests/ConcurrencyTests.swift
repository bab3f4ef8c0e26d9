import CoreMetrics
import Foundation
import Synchronization
import Telemetry
import Testing

@Suite struct ConcurrencyTests {
    private static let threads = 8
    private static let rounds = 20_000

    /// Runs `body` on threads of its own, so that they meet in the middle of an update.
    private func onManyThreads(_ body: @escaping @Sendable (_ thread: Int) -> Void) {
        let group = DispatchGroup()
        for thread in 0..<Self.threads {
            group.enter()
            Thread.detachNewThread {
                body(thread)
                group.leave()
            }
        }
        group.wait()
    }

    @Test func `no increment is lost among many threads, while others render`() {
        let registry = PrometheusRegistry()
        let counter = registry.makeCounter(label: "c", dimensions: [])
        let fractional = registry.makeFloatingPointCounter(label: "f", dimensions: [])
        let timer = registry.makeTimer(label: "t", dimensions: [])
        let meter = registry.makeMeter(label: "m", dimensions: [])
        onManyThreads { thread in
            for round in 0..<Self.rounds {
                counter.increment(by: 1)
                fractional.increment(by: 0.5)
                timer.recordNanoseconds(1_000_000_000)
                meter.increment(by: 2)
                meter.decrement(by: 1)
                if round % 5_000 == thread { _ = registry.render() }
            }
        }
        let text = registry.render()
        let total = Self.threads * Self.rounds
        #expect(text.contains("\nc \(total)\n"))
        #expect(text.contains("\nf \(total / 2)\n"))
        #expect(text.contains("\nt_sum \(total)\n"))
        #expect(text.contains("\nt_count \(total)\n"))
        #expect(text.contains("\nm \(total)\n"))
    }

    @Test func `no increment is lost where many threads ask for the same handlers at once, beyond the limit too`() {
        let registry = PrometheusRegistry(seriesLimit: 4)
        let requests = HTTPRequestMetrics(factory: registry)
        let rounds = 800
        onManyThreads { thread in
            for round in 0..<rounds {
                registry.makeCounter(label: "c", dimensions: [("n", String(round % 8))]).increment(by: 1)
                requests.record(status: 200 + round % 2, method: "GET", route: "/", duration: .zero)
                if round % 200 == thread { _ = registry.render() }
            }
        }
        let text = registry.render()
        let total = Self.threads * rounds
        #expect(text.contains("\nhttp_requests_total{method=\"GET\",route=\"/\",status=\"201\"} \(total / 2)\n"))
        let counts = text.matches(of: /\nc\{n="[^"]+"\} (\d+)/).compactMap { Int($0.output.1) }
        #expect(counts.count == 5)
        #expect(counts.reduce(0, +) == total)
    }

    @Test func `a histogram's count is its last bucket at every moment`() {
        let registry = PrometheusRegistry(buckets: [1])
        let timer = registry.makeTimer(label: "t", dimensions: [])
        let isDone = Flag()
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            while !isDone.value.load(ordering: .relaxed) { timer.recordNanoseconds(1) }
            group.leave()
        }
        for _ in 0..<500 {
            let numbers = registry.render().matches(of: /\nt_(?:bucket\{le="\+Inf"\}|count) (\d+)/).map { $0.output.1 }
            #expect(numbers.count == 2 && numbers[0] == numbers[1])
        }
        isDone.value.store(true, ordering: .relaxed)
        group.wait()
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }
}
