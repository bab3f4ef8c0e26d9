public import FoundationEssentials
public import Site

/// What the contact form needs from outside.
public struct ContactServices: Sendable {
    public let store: any ContactMessageStore
    public let now: @Sendable () -> Date
    public let makeID: @Sendable () -> UUID
    /// A message authentication code over a text, under a key that only this site knows.
    public let authenticate: @Sendable (String) -> String

    public init(
        store: any ContactMessageStore, now: @escaping @Sendable () -> Date, makeID: @escaping @Sendable () -> UUID,
        authenticate: @escaping @Sendable (String) -> String
    ) {
        self.store = store
        self.now = now
        self.makeID = makeID
        self.authenticate = authenticate
    }
}
