public import FoundationEssentials
public import Identity

/// One-time links in the collection `oneTimeLinks`, whose `_id` is the hash. `expiresAt` is a date, at which MongoDB
/// removes them too.
public struct MongoOneTimeLinkStore: OneTimeLinkStore {
    static let collection = "oneTimeLinks"

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    public func add(_ link: OneTimeLink) async throws {
        try await database.run(in: Self.collection) { links in try links.insert(OneTimeLinkDocument.document(link)) }
    }

    public func link(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.run(in: Self.collection) { links in
            try links.first(Self.live(tokenHash, now)).flatMap(OneTimeLinkDocument.link)
        }
    }

    public func take(tokenHash: [UInt8], at now: Date) async throws -> OneTimeLink? {
        try await database.run(in: Self.collection) { links in
            try links.findAndRemove(Self.live(tokenHash, now)).flatMap(OneTimeLinkDocument.link)
        }
    }

    public func removeAll(_ purpose: OneTimeLink.Purpose, of userID: UUID?) async throws {
        try await database.run(in: Self.collection) { links in
            _ = try links.removeAll(["purpose": .text(purpose.rawValue), "userId": .id(userID)])
        }
    }

    public func removeExpired(at now: Date) async throws -> Int {
        try await database.run(in: Self.collection) { links in
            try links.removeAll(["expiresAt": .document(["$lte": .date(now)])])
        }
    }

    private static func live(_ tokenHash: [UInt8], _ now: Date) -> Document {
        ["_id": .bytes(tokenHash), "expiresAt": .document(["$gt": .date(now)])]
    }
}
