public import FoundationEssentials

/// One workflow of the stack.
public struct WorkflowEntry: Sendable, Equatable {
    public var id: String
    public var name: String
    /// As the store has it; `nil` where it has none.
    public var state: String?
    public var updatedAt: Date?

    public init(id: String, name: String, state: String? = nil, updatedAt: Date? = nil) {
        self.id = id
        self.name = name
        self.state = state
        self.updatedAt = updatedAt
    }
}
