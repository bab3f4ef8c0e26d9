import Testing

@testable import MongoStore

@Suite struct CircuitBreakTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `waits one second, then twice as long each time, five at most`() throws {
        let circuit = Circuit()
        var time = 0.0
        for wait in [1.0, 2, 4, 5, 5] {
            let turn = try #require(circuit.begin(at: after(time)))
            circuit.fail(turn, at: after(time), reason: "gone")
            #expect(circuit.begin(at: after(time + wait - 0.01)) == nil)
            #expect(circuit.refusal(at: after(time + wait - 0.01)) == "gone")
            time += wait
        }
        let turn = try #require(circuit.begin(at: after(time)))
        circuit.succeed(turn)
        #expect(circuit.reason == nil)
        let next = try #require(circuit.begin(at: after(time)))
        circuit.fail(next, at: after(time), reason: "gone again")
        #expect(circuit.begin(at: after(time + 1)) != nil)
    }

    @Test func `one call tries, and the others wait for what it meets`() throws {
        let circuit = Circuit()
        circuit.fail(try #require(circuit.begin(at: start)), at: start, reason: "gone")
        let trial = try #require(circuit.begin(at: after(1)))
        #expect(circuit.begin(at: after(60)) == nil)
        circuit.succeed(trial)
        #expect(circuit.begin(at: after(60)) != nil)
    }

    @Test func `of calls that were on their way together one failure counts`() throws {
        let circuit = Circuit()
        let turns = try (0..<4).map { _ in try #require(circuit.begin(at: start)) }
        for turn in turns { circuit.fail(turn, at: start, reason: "gone") }
        #expect(circuit.begin(at: after(1)) != nil)
        // An answer to one of them is older than the failure.
        circuit.succeed(turns[0])
        #expect(circuit.refusal(at: after(1)) == "gone")
    }
}

/// One that an expectation may change.
private final class Circuit {
    private var value = CircuitBreak()

    var reason: String? { value.reason }

    func refusal(at time: ContinuousClock.Instant) -> String? { value.refusal(at: time) }

    func begin(at time: ContinuousClock.Instant) -> CircuitBreak.Turn? { value.begin(at: time) }

    func succeed(_ turn: CircuitBreak.Turn) { value.succeed(turn) }

    func fail(_ turn: CircuitBreak.Turn, at time: ContinuousClock.Instant, reason: String) { value.fail(turn, at: time, reason: reason) }
}
