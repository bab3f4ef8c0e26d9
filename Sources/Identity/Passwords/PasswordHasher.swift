/// Turns passwords into what may be kept. Slow on purpose, so only so many run at once.
public protocol PasswordHasher: Sendable {
    /// - Throws: ``PasswordHasherBusy`` where too many wait already.
    func hash(_ password: String) async throws -> PasswordHash

    /// Takes as long where `hash` is `nil`, so that time does not tell whether an account exists.
    ///
    /// - Throws: ``PasswordHasherBusy`` where too many wait already.
    func verify(_ password: String, against hash: PasswordHash?) async throws -> PasswordVerdict
}

public enum PasswordVerdict: Sendable, Equatable {
    case wrong
    case right
    /// Right, but kept with weaker parameters than those of today: to be hashed anew.
    case rightButOutdated
}

/// Nothing was computed; the caller may come again in a moment.
public struct PasswordHasherBusy: Error, Sendable {
    public init() {}
}
