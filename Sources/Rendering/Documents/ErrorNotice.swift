/// An error as a visitor sees it: never a stack, always a way on.
public struct ErrorNotice: Sendable, Equatable {
    /// HTTP status code.
    public var status: Int
    public var title: String
    public var message: String
    /// What the visitor can do.
    public var remedy: String
    public var requestID: String

    public init(status: Int, title: String, message: String, remedy: String, requestID: String) {
        self.status = status
        self.title = title
        self.message = message
        self.remedy = remedy
        self.requestID = requestID
    }
}
