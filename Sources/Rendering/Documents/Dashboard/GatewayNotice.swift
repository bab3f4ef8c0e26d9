/// What is wrong with the gateway, and what to do about it.
public struct GatewayNotice: Sendable, Equatable {
    public var title: String
    public var message: String
    public var remedy: String

    public init(title: String, message: String, remedy: String) {
        self.title = title
        self.message = message
        self.remedy = remedy
    }
}
