import CMongoC

/// What went wrong in one call of libmongoc.
struct MongoFailure: Error, Sendable {
    let code: UInt32
    /// Never holds a password.
    let message: String
    /// No answer came, or nobody was let in: the next call would fare no better.
    let isUnreachable: Bool

    init(code: UInt32 = 0, message: String, isUnreachable: Bool) {
        self.code = code
        self.message = message
        self.isUnreachable = isUnreachable
    }

    init(_ error: bson_error_t) {
        code = error.code
        message = unsafe withUnsafeBytes(of: error.message) { bytes in
            let text = unsafe bytes.prefix { $0 != 0 }
            return unsafe String(decoding: text, as: UTF8.self)
        }
        let domains = [
            MONGOC_ERROR_STREAM, MONGOC_ERROR_SERVER_SELECTION, MONGOC_ERROR_CLIENT, MONGOC_ERROR_PROTOCOL, MONGOC_ERROR_SASL, MONGOC_ERROR_SCRAM,
            MONGOC_ERROR_POOL,
        ]
        isUnreachable = domains.contains { $0.rawValue == error.domain }
    }

    /// A unique index has the value already.
    var isDuplicate: Bool { code == 11_000 }
    /// An index of this name or of these fields is there, with other options.
    var isOtherIndex: Bool { code == 85 || code == 86 }
}
