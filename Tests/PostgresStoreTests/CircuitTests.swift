import Testing

@testable import PostgresStore

@Suite struct CircuitTests {
    private let start = ContinuousClock.now

    private func circuit() -> Circuit { Circuit(shortest: .seconds(1), longest: .seconds(5), trial: .seconds(4)) }

    @Test func `after a failure callers hear the reason until the break is over`() {
        var circuit = circuit()
        #expect(circuit.admit(at: start) == .granted)
        circuit.failed("refused", since: start, at: start, isTrial: false, isCertain: true)
        #expect(circuit.refusal(at: start) == "refused")
        #expect(circuit.admit(at: start + .milliseconds(999)) == .refused("refused"))
        #expect(circuit.refusal(at: start + .seconds(1)) == nil)
    }

    @Test func `after a break one tries, and the others hear the reason meanwhile`() {
        var circuit = circuit()
        circuit.failed("refused", since: start, at: start, isTrial: false, isCertain: true)
        #expect(circuit.admit(at: start + .seconds(1)) == .trial)
        #expect(circuit.admit(at: start + .seconds(1)) == .refused("refused"))
        circuit.succeeded(at: start + .seconds(2))
        #expect(circuit.admit(at: start + .seconds(2)) == .granted)
    }

    @Test func `breaks double up to the longest, and begin anew after a success`() {
        var circuit = circuit()
        var now = start
        var breaks: [Duration] = []
        for attempt in 0..<5 {
            circuit.failed("refused", since: now, at: now, isTrial: attempt > 0, isCertain: true)
            let begin = now
            while circuit.refusal(at: now) != nil { now += .seconds(1) }
            breaks.append(now - begin)
            #expect(circuit.admit(at: now) == .trial)
        }
        #expect(breaks == [1, 2, 4, 5, 5].map { .seconds($0) })
        circuit.succeeded(at: now)
        circuit.failed("refused", since: now, at: now, isTrial: false, isCertain: true)
        #expect(circuit.refusal(at: now + .seconds(1)) == nil)
    }

    @Test func `calls that fail together count as one failure`() {
        var circuit = circuit()
        for _ in 0..<4 { circuit.failed("refused", since: start, at: start, isTrial: false, isCertain: true) }
        #expect(circuit.refusal(at: start + .seconds(1)) == nil)
    }

    @Test func `one lost connection among others that work breaks nothing`() {
        var circuit = circuit()
        circuit.succeeded(at: start + .seconds(1))
        circuit.failed("lost", since: start, at: start + .seconds(2), isTrial: false, isCertain: false)
        #expect(circuit.refusal(at: start + .seconds(2)) == nil)
        circuit.failed("no answer in time", since: start, at: start + .seconds(2), isTrial: false, isCertain: true)
        #expect(circuit.refusal(at: start + .seconds(2)) != nil)
    }
}
