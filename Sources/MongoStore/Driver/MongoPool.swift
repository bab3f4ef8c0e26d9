import CMongoC

/// The clients of one server or replica set, and the threads of libmongoc that watch it. Whoever holds the last
/// reference ends them, which may wait for the network: never on an event loop.
@safe final class MongoPool: Sendable {
    // libmongoc locks it; all but its end may be called from any thread.
    private nonisolated(unsafe) let owned: OpaquePointer

    /// Looks up the servers of `mongodb+srv://`, so may wait for the network.
    init(_ uri: MongoURI) throws(MongoFailure) {
        MongoLibrary.start
        var error = bson_error_t()
        guard let parsed = unsafe libmongoc.mongoc_uri_new_with_error(uri.connectionString, &error) else {
            throw MongoFailure(message: uri.withoutPassword(MongoFailure(error).message), isUnreachable: true)
        }
        defer { unsafe libmongoc.mongoc_uri_destroy(parsed) }
        guard let pool = unsafe libmongoc.mongoc_client_pool_new_with_error(parsed, &error) else {
            throw MongoFailure(message: uri.withoutPassword(MongoFailure(error).message), isUnreachable: true)
        }
        unsafe owned = pool
        _ = unsafe libmongoc.mongoc_client_pool_set_error_api(owned, MONGOC_ERROR_API_VERSION_2)
    }

    deinit { unsafe libmongoc.mongoc_client_pool_destroy(owned) }

    /// Calls `body` with a client of its own, on this thread.
    func withClient<Result>(_ body: (borrowing MongoClient) throws -> Result) throws -> Result {
        guard let client = unsafe libmongoc.mongoc_client_pool_pop(owned) else {
            throw MongoFailure(message: "no connection is free", isUnreachable: false)
        }
        defer { unsafe libmongoc.mongoc_client_pool_push(owned, client) }
        return try body(unsafe MongoClient(client))
    }
}
