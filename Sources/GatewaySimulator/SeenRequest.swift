/// What somebody asked a simulated gateway.
public struct SeenRequest: Sendable {
    public let method: String
    /// With its query.
    public let path: String
    /// In their order, names as they came.
    public let headers: [(String, String)]
    /// Of a socket's upgrade, empty.
    public internal(set) var body: [UInt8] = []
    public let isUpgrade: Bool
    /// The caller went away before the answer was over.
    public internal(set) var wasAborted = false

    /// The values of a field, names in any case.
    public func values(of name: String) -> [String] {
        headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
    }
}
