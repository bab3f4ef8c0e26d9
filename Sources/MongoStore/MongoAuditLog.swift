import FoundationEssentials
public import Identity

/// The audit trail in the collection `auditTrail`. Landing only ever adds to it; who may write to the database otherwise
/// is MongoDB's to say.
public struct MongoAuditLog: AuditLog {
    static let collection = "auditTrail"

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    public func append(_ event: AuditEvent) async throws { try await append([event]) }

    public func append(_ events: [AuditEvent]) async throws {
        try await database.run(in: Self.collection) { trail in
            for event in events {
                do throws(MongoFailure) {
                    try trail.insert(AuditDocument.document(event))
                } catch {
                    guard error.isDuplicate else { throw error }
                }
            }
        }
    }

    public func events(_ query: AuditQuery) async throws -> [AuditEvent] {
        try await database.run(in: Self.collection) { trail in
            try trail.all(Self.filter(query), sort: ["at": .integer(-1), "_id": .integer(-1)], limit: query.limit, read: AuditDocument.event)
        }
    }

    private static func filter(_ query: AuditQuery) -> Document {
        var filter: Document = [:]
        if let subject = query.subject { filter.append("subject", .id(subject)) }
        if let actor = query.actor { filter.append("actor", .id(actor)) }
        if let action = query.action { filter.append("action", .text(action.rawValue)) }
        if let outcome = query.outcome { filter.append("outcome", .text(outcome.rawValue)) }
        if let address = query.address { filter.append("address", .text(address)) }
        if let after = query.after {
            // The first of the two is what the index finds by.
            filter.append("at", .document(["$lte": .date(after.at)]))
            filter.append(
                "$or",
                .array([
                    .document(["at": .document(["$lt": .date(after.at)])]), .document(["_id": .document(["$lt": .id(after.id)])]),
                ]))
        }
        return filter
    }
}
