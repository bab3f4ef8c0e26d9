public import FoundationEssentials
public import Identity

/// Events in the collection `events`.
///
/// Events of other programs are shown if they have the fields of Landing's, and are neither shown nor removed otherwise.
public struct MongoEventLog: EventLog {
    static let collection = "events"

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    public func append(_ event: StackEvent) async throws {
        try await database.run(in: Self.collection) { events in
            do throws(MongoFailure) {
                try events.insert(Self.document(event))
            } catch {
                guard error.isDuplicate else { throw error }
            }
        }
    }

    public func recent(of userID: UUID?, limit: Int) async throws -> [StackEvent] {
        let filter: Document = userID.map { ["userId": .document(["$in": .array([.id($0), .null])])] } ?? [:]
        return try await database.run(in: Self.collection) { events in
            try events.all(filter, sort: ["at": .integer(-1), "_id": .integer(-1)], limit: limit, read: Self.event)
        }
    }

    public func remove(before time: Date) async throws -> Int {
        try await database.run(in: Self.collection) { events in
            try events.removeAll([
                "at": .document(["$lt": .date(time)]),
                "_id": .document(["$type": .text("string")]), "source": .document(["$type": .text("string")]),
                "kind": .document(["$type": .text("string")]),
            ])
        }
    }

    private static func document(_ event: StackEvent) -> Document {
        [
            "_id": .id(event.id), "at": .date(event.at), "source": .text(event.source), "kind": .text(event.kind), "text": .text(event.text),
            "userId": .id(event.userID),
        ]
    }

    private static func event(_ document: Document) -> StackEvent? {
        guard let id = document["_id"]?.id, let at = document["at"]?.date, let source = document["source"]?.text,
            let kind = document["kind"]?.text, let text = document["text"]?.text
        else { return nil }
        let userID = document["userId"]?.id
        // Whom it concerns is known to somebody else: then it is not for everybody.
        if userID == nil, let value = document["userId"], value != .null { return nil }
        return StackEvent(id: id, at: at, source: source, kind: kind, text: text, userID: userID)
    }
}
