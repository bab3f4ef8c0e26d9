import BlockingCalls
import Testing

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
        circuit.succeed(turn, at: after(time))
        #expect(circuit.outage == nil)
        let next = try #require(circuit.begin(at: after(time)))
        circuit.fail(next, at: after(time), reason: "gone again")
        #expect(circuit.begin(at: after(time + 1)) != nil)
    }

    @Test func `an outage has its last reason, and lasts since its first`() throws {
        let circuit = Circuit()
        for (time, reason) in [(0.0, "refused"), (1, "no answer"), (3, "refused")] {
            circuit.fail(try #require(circuit.begin(at: after(time))), at: after(time), reason: reason)
            #expect(circuit.outage == CircuitBreak.Outage(reason: reason, since: start))
        }
    }

    @Test func `one call tries, and the others wait for what it meets`() throws {
        let circuit = Circuit()
        circuit.fail(try #require(circuit.begin(at: start)), at: start, reason: "gone")
        let trial = try #require(circuit.begin(at: after(1)))
        #expect(circuit.begin(at: after(60)) == nil)
        #expect(circuit.refusal(at: after(60)) == "gone")
        circuit.succeed(trial, at: after(60))
        #expect(circuit.begin(at: after(60)) != nil)
    }

    @Test func `of calls that were on their way together one failure counts`() throws {
        let circuit = Circuit()
        let turns = try (0..<4).map { _ in try #require(circuit.begin(at: start)) }
        for turn in turns { circuit.fail(turn, at: start, reason: "gone") }
        #expect(circuit.refusal(at: after(0.99)) == "gone")
        // An answer to one of them is older than the failure.
        circuit.succeed(turns[0], at: start)
        #expect(circuit.refusal(at: after(0.99)) == "gone")
        #expect(circuit.begin(at: after(1)) != nil)
    }

    @Test func `one lost connection among others that work breaks nothing`() throws {
        let circuit = Circuit()
        let turns = try (0..<3).map { _ in try #require(circuit.begin(at: start)) }
        circuit.succeed(turns[0], at: after(1))
        circuit.fail(turns[1], at: after(2), reason: "lost", isCertain: false)
        #expect(circuit.outage == nil)
        circuit.fail(turns[2], at: after(2), reason: "no answer in time")
        #expect(circuit.refusal(at: after(2)) == "no answer in time")
    }

    @Test func `a lost connection is refuted by a call that was on its way and is answered`() throws {
        let circuit = Circuit()
        let turns = try (0..<2).map { _ in try #require(circuit.begin(at: start)) }
        circuit.fail(turns[0], at: after(1), reason: "lost", isCertain: false)
        #expect(circuit.refusal(at: after(1)) == "lost")
        circuit.succeed(turns[1], at: after(1.1))
        #expect(circuit.outage == nil)
    }
}

/// One that an expectation may change.
private final class Circuit {
    private var value = CircuitBreak()

    var outage: CircuitBreak.Outage? { value.outage }

    func refusal(at time: ContinuousClock.Instant) -> String? { value.refusal(at: time) }

    func begin(at time: ContinuousClock.Instant) -> CircuitBreak.Turn? { value.begin(at: time) }

    func succeed(_ turn: CircuitBreak.Turn, at time: ContinuousClock.Instant) { value.succeed(turn, at: time) }

    func fail(_ turn: CircuitBreak.Turn, at time: ContinuousClock.Instant, reason: String, isCertain: Bool = true) {
        value.fail(turn, at: time, reason: reason, isCertain: isCertain)
    }
}
