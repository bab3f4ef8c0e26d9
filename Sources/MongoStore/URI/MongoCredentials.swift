import Site

/// Who signs in to MongoDB; decoded.
struct MongoCredentials: Sendable, Equatable {
    let user: String
    /// `nil` for mechanisms that need none, such as certificates.
    let password: String?

    enum Problem: Error {
        case user
        /// The text may mean two passwords.
        case ambiguous
    }

    /// Reads what stands before the `@`. A password may hold reserved characters as they are, and `%` where none of them
    /// begins an escape.
    init(_ text: Substring) throws(Problem) {
        let name = text.prefix { $0 != ":" }
        guard !name.isEmpty, !name.contains(where: { "/?#[]".contains($0) }), let user = PercentEncoding.decodeStrictly(name) else { throw .user }
        self.user = user
        password = name.endIndex == text.endIndex ? nil : try Self.password(text[text.index(after: name.endIndex)...])
    }

    init(user: String, password: String?) {
        self.user = user
        self.password = password
    }

    /// The text in a URI.
    var encoded: String { PercentEncoding.encodeReserved(user) + (password.map { ":\(PercentEncoding.encodeReserved($0))" } ?? "") }

    private static func password(_ text: Substring) throws(Problem) -> String {
        guard PercentEncoding.escapes(in: text).whole > 0 else { return String(text) }
        // Whoever encodes encodes everything: an escape beside a reserved character may be a part of the password.
        guard !text.contains(where: { "/?#[]@:".contains($0) }) else { throw .ambiguous }
        if let decoded = PercentEncoding.decodeStrictly(text) { return decoded }
        throw .ambiguous
    }
}
