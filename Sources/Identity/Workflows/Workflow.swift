public import FoundationEssentials

/// A workflow that another program of the stack keeps; shown, never changed.
public struct Workflow: Sendable, Equatable, Identifiable {
    public let id: String
    public let name: String
    /// In that program's words: `active`, `draft`.
    public let state: String?
    public let updatedAt: Date?

    public init(id: String, name: String, state: String?, updatedAt: Date?) {
        self.id = id
        self.name = name
        self.state = state
        self.updatedAt = updatedAt
    }
}

/// Where the stack's workflows are read.
public protocol WorkflowStore: Sendable {
    /// The newest first. Throws `StoreUnavailable`.
    func workflows(limit: Int) async throws -> [Workflow]
}
