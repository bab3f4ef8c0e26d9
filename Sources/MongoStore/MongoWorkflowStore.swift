import FoundationEssentials
public import Identity

/// Workflows in the collection `workflows`, which other programs of the stack write.
public struct MongoWorkflowStore: WorkflowStore {
    private static let collection = "workflows"

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    /// Reads names and times under any of the names that they commonly have; a document without a name is called by its id.
    public func workflows(limit: Int) async throws -> [Workflow] {
        let found = try await database.run(in: Self.collection) { workflows in
            try workflows.all([:], sort: ["createdAt": .integer(-1)], limit: limit) { $0 }
        }
        return found.enumerated().map { number, document in Self.workflow(document, number: number) }
    }

    private static func workflow(_ document: Document, number: Int) -> Workflow {
        // Ids of other programs may be of kinds that are no text.
        let id = document["_id"]?.text ?? document["_id"]?.id?.uuidString ?? "\(number + 1)"
        let name = document["name"]?.text ?? document["title"]?.text ?? "Workflow \(id)"
        let isActive = document["active"]?.bool ?? document["enabled"]?.bool
        let state = document["state"]?.text ?? document["status"]?.text ?? isActive.map { $0 ? "active" : "inactive" }
        return Workflow(
            id: id, name: String(name.prefix(200)), state: state.map { String($0.prefix(40)) },
            updatedAt: document["updatedAt"]?.date ?? document["createdAt"]?.date)
    }
}
