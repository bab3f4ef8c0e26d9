/// An error as a visitor sees it: never a stack, always a way on.
public struct ErrorNotice: Sendable, Equatable {
    /// HTTP status code.
    public var status: Int
    public var title: String
    public var message: String
    /// What the visitor can do.
    public var remedy: String
    public var requestID: String
    /// Tells programs which error it is (RFC 9457, `type`).
    public var type: String

    public init(status: Int, title: String, message: String, remedy: String, requestID: String, type: String = "about:blank") {
        self.status = status
        self.title = title
        self.message = message
        self.remedy = remedy
        self.requestID = requestID
        self.type = type
    }
}
