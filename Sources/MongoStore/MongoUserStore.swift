public import FoundationEssentials
public import Identity

/// Accounts in the collection `users`.
///
/// Accounts of other programs are left alone and not shown: those whose `_id` is no UUID in lower case, or whose
/// `email` is missing or spelled other than Landing does. Their addresses are taken all the same. Of the others, a
/// missing or unknown role counts as `user`, a missing name as the address, and a missing version as 0. Fields that
/// Landing does not know stay as they are.
public struct MongoUserStore: UserStore {
    static let collection = "users"

    /// What every account of Landing has.
    private static let ours: Document = [
        "_id": .pattern("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"), "email": .document(["$type": .text("string")]),
    ]

    private let database: MongoDatabase

    public init(_ database: MongoDatabase) { self.database = database }

    public func add(_ user: User) async throws {
        try await database.run(in: Self.collection) { users in
            do throws(MongoFailure) {
                try users.insert(UserDocument.document(user))
            } catch {
                guard error.isDuplicate else { throw error }
                let existing = try users.first(["_id": .id(user.id)])
                guard existing?["email"]?.text == user.email.text else { throw UserConflict.emailTaken }
            }
        }
    }

    public func user(_ id: UUID) async throws -> User? {
        try await database.run(in: Self.collection) { users in try users.first(["_id": .id(id)]).flatMap(UserDocument.user) }
    }

    public func user(email: EmailAddress) async throws -> User? {
        try await database.run(in: Self.collection) { users in try users.first(["email": .text(email.text)]).flatMap(UserDocument.user) }
    }

    public func update(_ user: User) async throws -> User {
        try await database.run(in: Self.collection) { users in
            var changed = user
            changed.version += 1
            // Without one, somebody has made the account by hand.
            let version: BSONValue = user.version == 0 ? .document(["$in": .array([.integer(0), .null])]) : .integer(Int64(user.version))
            do throws(MongoFailure) {
                if try users.findAndUpdate(["_id": .id(user.id), "version": version], UserDocument.change(changed)) != nil { return changed }
            } catch {
                guard error.isDuplicate else { throw error }
                throw UserConflict.emailTaken
            }
            throw try users.first(["_id": .id(user.id)], fields: ["_id": .integer(1)]) == nil ? UserConflict.gone : UserConflict.changedMeanwhile
        }
    }

    /// Nobody is signed in any more before the account goes, and what came in between goes after it.
    public func delete(_ id: UUID) async throws -> Bool {
        try await database.run { [database] client in
            let belongings = [MongoSessionStore.collection, MongoOneTimeLinkStore.collection]
            for name in belongings { try client.collection(name, of: database.uri.database).removeAll(["userId": .id(id)]) }
            let isRemoved = try client.collection(Self.collection, of: database.uri.database).findAndRemove(["_id": .id(id)]) != nil
            for name in belongings { try client.collection(name, of: database.uri.database).removeAll(["userId": .id(id)]) }
            return isRemoved
        }
    }

    public func users(matching text: String?, after email: EmailAddress?, limit: Int) async throws -> [User] {
        var filter: [Document] = [Self.ours]
        if let email { filter.append(["email": .document(["$gt": .text(email.text)])]) }
        if let text, !text.isEmpty {
            guard let pattern = LiteralPattern.matching(text) else { return [] }
            filter.append(["$or": .array(["email", "name"].map { .document(Document([.init(name: $0, value: .pattern(pattern))])) })])
        }
        return try await database.run(in: Self.collection) { [filter] users in
            try users.all(["$and": .array(filter.map(BSONValue.document(_:)))], sort: ["email": .integer(1)], limit: limit, read: UserDocument.user)
        }
    }

    public func count(_ role: Role) async throws -> Int {
        let others = Role.allCases.filter { $0 != .user }.map { BSONValue.text($0.rawValue) }
        // What is read as `user`, see above.
        let value: BSONValue = role == .user ? .document(["$nin": .array(others)]) : .text(role.rawValue)
        var filter = Self.ours
        filter.append("role", value)
        filter.append("lockedAt", .null)
        return try await database.run(in: Self.collection) { [filter] users in try users.count(filter) }
    }
}
