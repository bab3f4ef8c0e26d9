public import FoundationEssentials

/// Where accounts are kept. Each promise is a case of the store contracts.
///
/// Every function throws `StoreUnavailable` (of the domain) where the store does not answer; then nothing was
/// acknowledged, though it may have been done.
public protocol UserStore: Sendable {
    /// Keeps a new account; of two that come at once with one address, one is refused.
    ///
    /// - Throws: ``UserConflict/emailTaken``, also where the id is taken by another account. Adding the same account
    ///   again is no conflict, and changes nothing.
    func add(_ user: User) async throws

    func user(_ id: UUID) async throws -> User?

    func user(email: EmailAddress) async throws -> User?

    /// Puts `user` in the place of the one with its id and its version, and returns it with the next version.
    ///
    /// - Throws: ``UserConflict/changedMeanwhile``, ``UserConflict/emailTaken``, ``UserConflict/gone``.
    func update(_ user: User) async throws -> User

    /// Removes the account with everything of it in this store, its sessions and one-time links too.
    ///
    /// - Returns: whether there was one.
    func delete(_ id: UUID) async throws -> Bool

    /// In the order of their addresses (by bytes), those behind `email`, at most `limit`.
    ///
    /// - Parameter text: in the address or the name, whatever its case (of ASCII letters); `nil` for all.
    func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User]

    /// How many accounts have `role`, those that are locked not counted.
    func count(_ role: Role) async throws -> Int
}

public enum UserConflict: Error, Sendable, Equatable {
    case emailTaken
    /// Somebody else changed the account since it was read.
    case changedMeanwhile
    case gone
}
