import Gateway
import HTTPTypes
import Identity

extension WebError {
    init(_ problem: GatewayProblem) {
        self.init(
            status: HTTPResponse.Status(code: problem.status), title: problem.title, message: problem.message, remedy: problem.remedy,
            type: "/api/openapi.json#\(problem.kind.rawValue)")
        // The gateway's outages are logged where they are noticed, once.
        isLogged = false
        if let seconds = problem.retryAfter { headers[.retryAfter] = "\(seconds)" }
        if !problem.allowedMethods.isEmpty { headers[.allow] = problem.allowedMethods.map(\.rawValue).joined(separator: ", ") }
    }

    /// RFC 9110, section 15.5.22.
    static let upgradeNeeded = WebError(
        status: .upgradeRequired, title: "A WebSocket is needed", message: "This address speaks the protocol of WebSockets only.",
        remedy: "Open it with a WebSocket client, such as `new WebSocket(…)` in a browser.", headers: [.upgrade: "websocket"])

    /// RFC 6455, section 4.4.
    static let socketVersion = WebError(
        status: .upgradeRequired, title: "Unknown version of WebSocket", message: "This site speaks version 13 of the protocol.",
        remedy: "Send Sec-WebSocket-Version: 13.", headers: [.webSocketVersion: "13", .upgrade: "websocket"])
}

extension GatewayRole {
    init(_ role: Role) {
        self =
            switch role {
            case .user: .user
            case .author: .author
            case .admin: .admin
            }
    }
}

extension HTTPField.Name {
    static let webSocketKey = HTTPField.Name("Sec-WebSocket-Key")!
    static let webSocketVersion = HTTPField.Name("Sec-WebSocket-Version")!
    static let webSocketAccept = HTTPField.Name("Sec-WebSocket-Accept")!
    static let traceparent = HTTPField.Name("traceparent")!
}
