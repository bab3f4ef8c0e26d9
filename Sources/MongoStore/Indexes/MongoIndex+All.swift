extension MongoIndex {
    /// Every index of Landing, in the order in which they are made: first those that a promise hangs on.
    static let all: [MongoIndex] = [
        MongoIndex(collection: MongoUserStore.collection, fields: [("email", 1)], purpose: .unique(isSparse: false)),
        // Sessions of other programs have no hash.
        MongoIndex(collection: MongoSessionStore.collection, fields: [("tokenHash", 1)], purpose: .unique(isSparse: true)),
        MongoIndex(collection: MongoSessionStore.collection, fields: [("userId", 1)], purpose: .order),
        MongoIndex(collection: MongoSessionStore.collection, fields: [("expiresAt", 1)], purpose: .end),
        MongoIndex(collection: MongoOneTimeLinkStore.collection, fields: [("userId", 1)], purpose: .order),
        MongoIndex(collection: MongoOneTimeLinkStore.collection, fields: [("expiresAt", 1)], purpose: .end),
        MongoIndex(collection: MongoEventLog.collection, fields: [("at", -1), ("_id", -1)], purpose: .order),
        MongoIndex(collection: MongoAuditLog.collection, fields: [("at", -1), ("_id", -1)], purpose: .order),
        MongoIndex(collection: MongoAuditLog.collection, fields: [("subject", 1), ("at", -1), ("_id", -1)], purpose: .order),
    ]
}
