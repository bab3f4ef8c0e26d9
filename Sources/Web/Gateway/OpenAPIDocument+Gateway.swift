import Gateway
import HTTPTypes
import JSON

extension OpenAPIDocument {
    /// With the calls of the gateway, as the role table has them.
    static let complete: String = {
        guard let written = try? JSONValue(parsing: text.utf8) else { preconditionFailure("the document is JSON") }
        var members = written.object
        var paths = members["paths"]?.object ?? [:]
        for route in GatewayRoutes.http {
            let path = GatewayProxyRoutes.mount + route.path
            var operations = paths[path]?.object ?? [:]
            operations[route.method.rawValue.lowercased()] = operation(route)
            paths[path] = .object(operations)
        }
        paths[GatewayProxyRoutes.mount + "ws"] = ["get": socket]
        members["paths"] = .object(paths)
        return JSONValue.object(members).text
    }()

    private static let problem: JSONValue = ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]]

    private static func operation(_ route: GatewayRoute) -> JSONValue {
        var content: [String: JSONValue] = ["application/json": ["schema": [:]]]
        if route.answer == .jsonOrStream { content["text/event-stream"] = ["schema": ["type": "string"]] }
        var operation: [String: JSONValue] = [
            "summary": .string(route.summary),
            "description": .string(
                "For the role \(route.role.word) and those above. At most \(route.perMinute) calls of one person in a minute."
                    + (route.body > 0 ? " At most \(route.body >> 10) kB in the body." : "")
                    + (route.path == "api/v1/admin/rpc" ? " Methods: \(methods)." : "")),
            "operationId": .string("gateway_" + route.path.map { $0.isLetter || $0.isNumber ? "\($0)" : "_" }.joined()),
            "security": [["session": []]],
            "responses": [
                "200": ["description": "The gateway's own answer.", "content": .object(content)],
                "401": ["description": "Nobody is signed in.", "content": problem],
                "403": ["description": "gateway-role-needed, or sent from another site.", "content": problem],
                "429": [
                    "description": "gateway-too-many-requests or gateway-too-many-streams; Retry-After says how long to wait.", "content": problem,
                ],
                "default": [
                    "description": .string("The gateway's own error, or what keeps it from answering, as type says: \(kinds)."), "content": problem,
                ],
            ],
        ]
        if route.body > 0 {
            operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": ["type": "object"]]]]
        }
        if route.path.contains("{key}") {
            operation["parameters"] = [["name": "key", "in": "path", "required": true, "schema": ["type": "string", "maxLength": 512]]]
        }
        return .object(operation)
    }

    private static let kinds = GatewayProblem.Kind.allCases.map(\.rawValue).sorted().joined(separator: ", ")

    private static let methods = GatewayRole.allCases.map { role in
        let names = GatewayRoutes.methods.filter { $0.value == role }.keys.sorted()
        return "\(role.word): \(names.joined(separator: ", "))"
    }.joined(separator: "; ")

    private static let socket: JSONValue = [
        "summary": "Speak the gateway's protocol, version 4, over a WebSocket",
        "description": .string(
            "This site introduces itself to the gateway; messages then pass as they are. Methods as for POST \(GatewayProxyRoutes.mount)api/v1/admin/rpc. The socket closes with 1008 when the session ends, with 1012 or 1013 when the gateway goes."
        ),
        "operationId": "gateway_ws",
        "security": [["session": []]],
        "responses": [
            "101": ["description": "The connection is a socket."],
            "401": ["description": "Nobody is signed in.", "content": problem],
            "403": ["description": "Opened by another site's page.", "content": problem],
            "426": ["description": "No WebSocket of version 13 was asked for.", "content": problem],
            "429": ["description": "gateway-too-many-streams.", "content": problem],
        ],
    ]
}

extension GatewayRole {
    /// As people know the role.
    var word: String {
        switch self {
        case .user: "user"
        case .author: "author"
        case .admin: "admin"
        }
    }
}
