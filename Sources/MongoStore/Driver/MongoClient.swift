import CMongoC

/// A connection as one call has it, on one thread.
@safe struct MongoClient: ~Copyable {
    private let borrowed: OpaquePointer

    /// - Parameter client: stays its pool's, and outlives this.
    init(_ client: OpaquePointer) { unsafe borrowed = client }

    func collection(_ name: String, of database: String) -> MongoCollection {
        unsafe MongoCollection(libmongoc.mongoc_client_get_collection(borrowed, database, name)!)
    }

    /// Runs a command that writes, as durably as the URI says.
    @discardableResult
    func write(_ command: Document, in database: String) throws(MongoFailure) -> Document {
        let reply = BSONReply()
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(command) {
            unsafe libmongoc.mongoc_client_write_command_with_opts(borrowed, database, $0, nil, reply.pointer, &error)
        }
        guard isDone else { throw MongoFailure(error) }
        return reply.document
    }

    /// Runs a command as it stands.
    @discardableResult
    func run(_ command: Document, in database: String) throws(MongoFailure) -> Document {
        let reply = BSONReply()
        var error = bson_error_t()
        let isDone = unsafe BSONBytes.with(command) {
            unsafe libmongoc.mongoc_client_command_simple(borrowed, database, $0, nil, reply.pointer, &error)
        }
        guard isDone else { throw MongoFailure(error) }
        return reply.document
    }
}
