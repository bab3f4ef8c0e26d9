public import HTTPTypes

/// One line of the role table.
public final class GatewayRoute: Sendable {
    public enum Answer: Sendable, Equatable {
        case json
        /// JSON, or an event stream where the caller asks for one.
        case jsonOrStream
    }

    public let method: HTTPRequest.Method
    public let path: String
    public let role: GatewayRole
    public let answer: Answer
    /// Bytes that a request may have.
    public let body: Int
    /// Calls of one person.
    public let perMinute: Int
    public let summary: String
    /// As metrics and the audit trail name it.
    public let name: String

    init(
        _ method: HTTPRequest.Method, _ path: String, _ role: GatewayRole, _ answer: Answer, body: Int, perMinute: Int, _ summary: String
    ) {
        self.method = method
        self.path = path
        self.role = role
        self.answer = answer
        self.body = body
        self.perMinute = perMinute
        self.summary = summary
        name = "\(method.rawValue) \(path)"
    }

    /// That callers may use; HEAD comes with GET.
    var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }
}
