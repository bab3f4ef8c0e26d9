/// What a token is worth.
enum TokenCheck {
    case right
    case missing
    case wrong
    /// For as many seconds.
    case lockedOut(Int)
}

extension SimulatorCore {
    /// Whoever is locked out stays so, whatever they show; showing nothing is not counted.
    func check(_ shown: String?, against token: String, from origin: IngressAttribution, alternatively isRight: Bool = false) -> TokenCheck {
        let isExempt = configuration.isLoopbackExempt && origin.isLoopback
        if !isExempt, let seconds = wrongTokens.secondsLocked(origin.address) { return .lockedOut(seconds) }
        if shown == token || isRight {
            wrongTokens.forget(origin.address)
            return .right
        }
        guard let shown, !shown.isEmpty else { return .missing }
        if !isExempt { wrongTokens.add(origin.address) }
        return .wrong
    }
}
