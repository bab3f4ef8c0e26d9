public import FoundationEssentials
public import Identity

/// Sessions in the collection `sessions`. `expiresAt` is a date, at which MongoDB removes them too.
///
/// Sessions of other programs, which have no `tokenHash`, are not shown; those of an account go when all of it go.
public struct MongoSessionStore: SessionStore {
    static let collection = "sessions"

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    public func add(_ session: Session) async throws {
        try await database.run(in: Self.collection) { sessions in try sessions.insert(SessionDocument.document(session)) }
    }

    public func session(tokenHash: [UInt8]) async throws -> Session? {
        try await database.run(in: Self.collection) { sessions in
            try sessions.first(["tokenHash": .bytes(tokenHash)]).flatMap(SessionDocument.session)
        }
    }

    /// Without an address, the one before stays.
    public func touch(_ id: UUID, at time: Date, address: String?) async throws {
        var values: Document = [:]
        if let address { values.append("address", .text(address)) }
        var change: Document = ["$max": .document(["lastSeenAt": .date(time)])]
        if address != nil { change.append("$set", .document(values)) }
        // An older use changes nothing, its address neither.
        let filter: Document = ["_id": .id(id), "lastSeenAt": .document(["$lte": .date(time)])]
        try await database.run(in: Self.collection) { [change] sessions in _ = try sessions.update(filter, change) }
    }

    public func sessions(of userID: UUID) async throws -> [Session] {
        try await database.run(in: Self.collection) { sessions in
            try sessions.all(["userId": .id(userID)], sort: ["lastSeenAt": .integer(-1), "_id": .integer(1)], read: SessionDocument.session)
        }
    }

    public func existing(_ ids: Set<UUID>) async throws -> Set<UUID> {
        guard !ids.isEmpty else { return [] }
        return try await database.run(in: Self.collection) { sessions in
            let filter: Document = ["_id": .document(["$in": .array(ids.map(BSONValue.id(_:)))])]
            return try Set(sessions.all(filter, fields: ["_id": .integer(1)]) { $0["_id"]?.id })
        }
    }

    public func remove(_ id: UUID, of userID: UUID) async throws -> Session? {
        try await database.run(in: Self.collection) { sessions in
            try sessions.findAndRemove(["_id": .id(id), "userId": .id(userID)]).flatMap(SessionDocument.session)
        }
    }

    public func removeAll(of userID: UUID, except kept: UUID?) async throws -> [Session] {
        try await database.run(in: Self.collection) { sessions in
            var filter: Document = ["userId": .id(userID)]
            if let kept { filter.append("_id", .document(["$ne": .id(kept)])) }
            var removed: [Session] = []
            // Again for those that come meanwhile, until there are none; somebody who never stops signing in is not waited for.
            for _ in 0..<10 {
                let found = try sessions.all(filter) { $0 }
                guard !found.isEmpty else { break }
                let ids = found.compactMap { $0["_id"]?.text }
                // Those of other programs may have ids that are no text.
                let these: Document =
                    ids.count == found.count ? ["userId": .id(userID), "_id": .document(["$in": .array(ids.map(BSONValue.text(_:)))])] : filter
                try sessions.removeAll(these)
                removed += found.compactMap(SessionDocument.session)
            }
            return removed
        }
    }

    public func removeExpired(at now: Date, lastSeenBefore idle: Date) async throws -> Int {
        try await database.run(in: Self.collection) { sessions in
            try sessions.removeAll([
                // Only Landing's own.
                "tokenHash": .document(["$type": .text("binData")]),
                "$or": .array([
                    .document(["expiresAt": .document(["$lte": .date(now)])]), .document(["lastSeenAt": .document(["$lt": .date(idle)])]),
                ]),
            ])
        }
    }
}
