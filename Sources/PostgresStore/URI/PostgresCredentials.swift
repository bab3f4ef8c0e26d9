import Site

/// The part of a URI before the `@`: `user[:password]`.
struct PostgresCredentials {
    var user: String?
    var password: String?

    init() {}

    init(_ text: Substring) throws(PostgresURIProblem) {
        let colon = text.firstIndex(of: ":")
        let name = text[..<(colon ?? text.endIndex)]
        // Some services have users with an @, as in an e-mail address.
        guard !name.contains(where: { "/?#[]".contains($0) }) else { throw .host }
        user = name.isEmpty ? nil : try PostgresURI.decoded(name)
        guard let colon else { return }
        password = try Self.password(text[text.index(after: colon)...])
    }

    private static func password(_ text: Substring) throws(PostgresURIProblem) -> String {
        let (escapes, strays) = PercentEncoding.escapes(in: text)
        guard escapes > 0 else { return String(text) }
        // Somebody who wrote these as they are did not encode the rest either, or forgot them: nobody can tell.
        guard strays == 0, !text.contains(where: { "@/?#[]".contains($0) }) else { throw .escape }
        return try PostgresURI.decoded(text)
    }
}
