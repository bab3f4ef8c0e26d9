public import FoundationEssentials

/// What a visitor wrote with the contact form.
public struct ContactMessage: Sendable, Equatable, Identifiable {
    public var id: UUID
    public var receivedAt: Date
    public var name: String
    public var email: String
    public var message: String

    public init(id: UUID, receivedAt: Date, name: String, email: String, message: String) {
        self.id = id
        self.receivedAt = receivedAt
        self.name = name
        self.email = email
        self.message = message
    }
}

/// Keeps contact messages.
public protocol ContactMessageStore: Sendable {
    /// Keeps `message`; once this returns, the message survives a crash of the
    /// process and of the machine.
    ///
    /// Adding a message whose id is there already changes nothing, so a call
    /// whose outcome is unknown may be repeated.
    /// - Throws: ``StoreUnavailable`` where nothing could be written.
    func add(_ message: ContactMessage) async throws

    /// The newest messages first, at most `limit`.
    func messages(limit: Int) async throws -> [ContactMessage]
}

/// A store cannot be reached or cannot write; the request may be tried again later.
public struct StoreUnavailable: Error, CustomStringConvertible {
    /// Names the store: `SQLite`.
    public let store: String
    /// For the log, never for a visitor.
    public let reason: String

    public init(store: String, reason: String) {
        self.store = store
        self.reason = reason
    }

    public var description: String { "\(store) is unavailable: \(reason)" }
}
