import CMongoC

/// A collection as one call has it. What is written is durable once it is acknowledged (`w=majority`, `journal`);
/// what is read comes from the primary, so that what was removed is not seen again.
@safe struct MongoCollection: ~Copyable {
    /// Of one call on the server, in milliseconds: less than libmongoc waits for an answer.
    private static let timeLimit: BSONValue = .integer(2_500)

    private let owned: OpaquePointer

    /// Takes over `collection`, whose client must outlive this.
    init(_ collection: OpaquePointer) { unsafe owned = collection }

    deinit { unsafe libmongoc.mongoc_collection_destroy(owned) }

    func insert(_ document: Document) throws(MongoFailure) {
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(document) { unsafe libmongoc.mongoc_collection_insert_one(owned, $0, nil, nil, &error) }
        guard isDone else { throw MongoFailure(error) }
    }

    /// - Returns: how many there were, 0 or 1.
    @discardableResult
    func update(_ filter: Document, _ change: Document) throws(MongoFailure) -> Int {
        let reply = BSONReply()
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(filter, change) {
            unsafe libmongoc.mongoc_collection_update_one(owned, $0, $1, nil, reply.pointer, &error)
        }
        guard isDone else { throw MongoFailure(error) }
        return Int(reply.document["matchedCount"]?.integer ?? 0)
    }

    /// - Returns: how many there were.
    @discardableResult
    func removeAll(_ filter: Document) throws(MongoFailure) -> Int {
        let reply = BSONReply()
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(filter) { unsafe libmongoc.mongoc_collection_delete_many(owned, $0, nil, reply.pointer, &error) }
        guard isDone else { throw MongoFailure(error) }
        return Int(reply.document["deletedCount"]?.integer ?? 0)
    }

    /// Changes one document at once with finding it.
    ///
    /// - Returns: the document as it is now; `nil` where there is none.
    func findAndUpdate(_ filter: Document, _ change: Document) throws(MongoFailure) -> Document? {
        try findAndModify(filter, change, MONGOC_FIND_AND_MODIFY_RETURN_NEW)
    }

    /// Removes one document at once with finding it: of many who do so, one gets it.
    func findAndRemove(_ filter: Document) throws(MongoFailure) -> Document? {
        try findAndModify(filter, nil, MONGOC_FIND_AND_MODIFY_REMOVE)
    }

    private func findAndModify(
        _ filter: Document, _ change: Document?, _ flags: mongoc_find_and_modify_flags_t
    ) throws(MongoFailure) -> Document? {
        let options = libmongoc.mongoc_find_and_modify_opts_new()
        defer { unsafe libmongoc.mongoc_find_and_modify_opts_destroy(options) }
        _ = unsafe libmongoc.mongoc_find_and_modify_opts_set_flags(options, flags)
        // Copied into the options.
        if let change { _ = unsafe BSONBytes.with(change) { unsafe libmongoc.mongoc_find_and_modify_opts_set_update(options, $0) } }
        let reply = BSONReply()
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(filter) {
            unsafe libmongoc.mongoc_collection_find_and_modify_with_opts(owned, $0, options, reply.pointer, &error)
        }
        guard isDone else { throw MongoFailure(error) }
        let answer = reply.document
        if let problem = answer["writeConcernError"]?.document {
            throw MongoFailure(message: "not durable: \(problem["errmsg"]?.text ?? "without a reason")", isUnreachable: false)
        }
        return answer["value"]?.document
    }

    func first(_ filter: Document, fields: Document? = nil) throws(MongoFailure) -> Document? {
        var found: Document?
        try find(filter, fields: fields, limit: 1, batch: 1) {
            found = $0
            return false
        }
        return found
    }

    /// Reads until there are `limit` documents that `read` understands: those of other programs do not count.
    func all<Result>(
        _ filter: Document, sort: Document = [:], fields: Document? = nil, limit: Int = .max, read: (Document) -> Result?
    ) throws(MongoFailure) -> [Result] {
        var found: [Result] = []
        guard limit > 0 else { return [] }
        try find(filter, sort: sort, fields: fields, batch: min(limit, 1_000)) {
            if let result = read($0) { found.append(result) }
            return found.count < limit
        }
        return found
    }

    func count(_ filter: Document) throws(MongoFailure) -> Int {
        let preference = libmongoc.mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { unsafe libmongoc.mongoc_read_prefs_destroy(preference) }
        var error = bson_error_t()
        let count = unsafe BSONBytes.with(filter, ["maxTimeMS": Self.timeLimit]) {
            unsafe libmongoc.mongoc_collection_count_documents(owned, $0, $1, preference, nil, &error)
        }
        guard count >= 0 else { throw MongoFailure(error) }
        return Int(count)
    }

    /// - Parameters:
    ///   - limit: 0 for all.
    ///   - read: whether to go on.
    private func find(
        _ filter: Document, sort: Document = [:], fields: Document? = nil, limit: Int64 = 0, batch: Int, read: (Document) -> Bool
    ) throws(MongoFailure) {
        // Texts in the order of their bytes, whatever the collection was made with.
        var options: Document = [
            "collation": .document(["locale": .text("simple")]), "maxTimeMS": Self.timeLimit, "batchSize": .integer(Int64(batch)),
            "limit": .integer(limit),
        ]
        if limit == 1 { options.append("singleBatch", .bool(true)) }
        if !sort.fields.isEmpty { options.append("sort", .document(sort)) }
        if let fields { options.append("projection", .document(fields)) }
        let preference = libmongoc.mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { unsafe libmongoc.mongoc_read_prefs_destroy(preference) }
        // Copies all three.
        let cursor = unsafe BSONBytes.with(filter, options) { unsafe libmongoc.mongoc_collection_find_with_opts(owned, $0, $1, preference) }
        defer { unsafe libmongoc.mongoc_cursor_destroy(cursor) }
        var document: OpaquePointer?
        while unsafe libmongoc.mongoc_cursor_next(cursor, &document) {
            guard let found = unsafe document, unsafe read(BSONBytes.read(found)) else { return }
        }
        var error = bson_error_t()
        if unsafe libmongoc.mongoc_cursor_error(cursor, &error) { throw MongoFailure(error) }
    }
}
