import JSON

/// How a client introduces itself, checked against the protocol's closed schema.
struct ConnectParameters {
    struct Device {
        let id: String
        let publicKey: String
        let signature: String
        let signedAt: Int
        let nonce: String?
    }

    let protocols: ClosedRange<Int>
    let clientID: String
    let mode: String
    let platform: String
    let deviceFamily: String
    /// As it came.
    let client: JSONValue
    let role: String
    let scopes: [String]
    let token: String?
    let deviceToken: String?
    let bootstrapToken: String?
    let device: Device?

    struct Problem: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    private static let clientIDs: Set<String> = [
        "webchat-ui", "openclaw-control-ui", "openclaw-browser-copilot", "openclaw-tui", "webchat", "cli", "gateway-client", "openclaw-macos",
        "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android", "node-host", "openclaw-worker", "test", "fingerprint",
        "openclaw-probe",
    ]
    private static let modes: Set<String> = ["webchat", "cli", "ui", "backend", "node", "worker", "probe", "test"]

    /// - Throws: where and what is wrong, in the words of a schema.
    init(_ params: JSONValue) throws(Problem) {
        try Self.close(
            params,
            to: [
                "minProtocol", "maxProtocol", "client", "caps", "commands", "permissions", "pathEnv", "role", "scopes", "device", "auth", "locale",
                "userAgent",
            ], at: "root")
        guard let least = params["minProtocol"]?.int, least >= 1 else { throw Problem("at /minProtocol: must be integer") }
        guard let most = params["maxProtocol"]?.int, most >= least else { throw Problem("at /maxProtocol: must be integer") }
        protocols = least...most

        guard let client = params["client"] else { throw Problem("at root: must have required property 'client'") }
        try Self.close(
            client, to: ["id", "displayName", "version", "platform", "deviceFamily", "modelIdentifier", "mode", "instanceId"], at: "/client")
        guard let id = client["id"]?.string, Self.clientIDs.contains(id) else { throw Problem("at /client/id: must be equal to constant") }
        guard let mode = client["mode"]?.string, Self.modes.contains(mode) else { throw Problem("at /client/mode: must be equal to constant") }
        guard let version = client["version"]?.string, !version.isEmpty else { throw Problem("at /client: must have required property 'version'") }
        guard let platform = client["platform"]?.string, !platform.isEmpty else {
            throw Problem("at /client: must have required property 'platform'")
        }
        self.client = client
        clientID = id
        self.mode = mode
        self.platform = platform
        deviceFamily = client["deviceFamily"]?.string ?? ""

        role = params["role"]?.string ?? "operator"
        scopes = try Self.texts(params["scopes"], at: "/scopes")
        _ = try Self.texts(params["caps"], at: "/caps")

        if let auth = params["auth"] { try Self.close(auth, to: ["token", "bootstrapToken", "deviceToken", "password"], at: "/auth") }
        token = params["auth"]?["token"]?.string
        deviceToken = params["auth"]?["deviceToken"]?.string
        bootstrapToken = params["auth"]?["bootstrapToken"]?.string
        device = try params["device"].map { value throws(Problem) in try Self.device(value) }
    }

    private static func device(_ value: JSONValue) throws(Problem) -> Device {
        try close(value, to: ["id", "publicKey", "signature", "signedAt", "nonce"], at: "/device")
        guard let id = value["id"]?.string, !id.isEmpty else { throw Problem("at /device: must have required property 'id'") }
        guard let key = value["publicKey"]?.string, !key.isEmpty else { throw Problem("at /device: must have required property 'publicKey'") }
        guard let signature = value["signature"]?.string, !signature.isEmpty else {
            throw Problem("at /device: must have required property 'signature'")
        }
        guard let signedAt = value["signedAt"]?.int else { throw Problem("at /device: must have required property 'signedAt'") }
        return Device(id: id, publicKey: key, signature: signature, signedAt: signedAt, nonce: value["nonce"]?.string)
    }

    private static func close(_ value: JSONValue, to names: Set<String>, at place: String) throws(Problem) {
        guard case .object(let members) = value else { throw Problem("at \(place): must be object") }
        if let problem = Schema.unexpected(members, beyond: names, at: place) { throw Problem(problem) }
    }

    private static func texts(_ value: JSONValue?, at place: String) throws(Problem) -> [String] {
        guard let value else { return [] }
        guard case .array(let items) = value else { throw Problem("at \(place): must be array") }
        let texts = items.compactMap(\.string)
        guard texts.count == items.count else { throw Problem("at \(place): must be string") }
        return texts
    }
}
