/// Names of metadata whose values are never written.
public struct RedactedKeys: Sendable, ExpressibleByArrayLiteral {
    /// Headers and fields that hold secrets.
    public static let standard: RedactedKeys = ["authorization", "cookie", "set-cookie", "password", "token", "secret"]

    /// What stands in the value's place.
    static let replacement = "[redacted]"

    private let keys: Set<String>

    /// Upper and lower case are the same.
    public init(_ keys: some Sequence<String>) {
        self.keys = Set(keys.map { $0.lowercased() })
    }

    public init(arrayLiteral keys: String...) { self.init(keys) }

    func contains(_ key: String) -> Bool { keys.contains(key.lowercased()) }
}
