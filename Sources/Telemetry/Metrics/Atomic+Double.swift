import Synchronization

extension Atomic where Value == Double {
    func add(_ amount: Double) {
        var current = load(ordering: .relaxed)
        while true {
            let attempt = weakCompareExchange(expected: current, desired: current + amount, ordering: .relaxed)
            if attempt.exchanged { return }
            current = attempt.original
        }
    }
}
