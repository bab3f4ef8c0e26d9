/// Remembers that the server does not answer, so that callers hear it at once instead of one by one.
///
/// After a break one call tries; while it does, and after it has failed, the others still hear the reason.
struct Circuit {
    typealias Instant = ContinuousClock.Instant

    enum Admission: Equatable {
        case granted
        /// The first after a break: what becomes of it decides.
        case trial
        case refused(String)
    }

    private let shortest: Duration
    private let longest: Duration
    private let trial: Duration
    private var failures = 0
    private var brokenUntil: Instant?
    private var reason = ""
    private var lastSuccess: Instant?

    /// - Parameter trial: longer than a call can last.
    init(shortest: Duration, longest: Duration, trial: Duration) {
        self.shortest = shortest
        self.longest = longest
        self.trial = trial
    }

    /// Why a call would be refused now.
    func refusal(at now: Instant) -> String? { brokenUntil.map { now < $0 } == true ? reason : nil }

    mutating func admit(at now: Instant) -> Admission {
        guard let brokenUntil else { return .granted }
        if now < brokenUntil { return .refused(reason) }
        self.brokenUntil = now + trial
        return .trial
    }

    mutating func succeeded(at now: Instant) {
        (failures, brokenUntil, reason) = (0, nil, "")
        lastSuccess = now
    }

    /// - Parameters:
    ///   - begin: of the call. One that others outlived says nothing about the server, unless it is `certain`.
    mutating func failed(_ reason: String, since begin: Instant, at now: Instant, isTrial: Bool, isCertain: Bool) {
        if brokenUntil != nil, !isTrial { return }
        if !isCertain, !isTrial, let lastSuccess, lastSuccess > begin { return }
        failures += 1
        self.reason = reason
        brokenUntil = now + min(longest, shortest * (1 << min(failures - 1, 20)))
    }
}
