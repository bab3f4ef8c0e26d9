import FoundationEssentials
import JSON

/// What this site shows the gateway to be let in.
struct GatewayCredentials: Sendable {
    enum Secret: Sendable, Equatable {
        case none
        /// The shared one.
        case token(String)
        /// What the gateway gave this device.
        case deviceToken(String)
    }

    /// Of the lists that the gateway takes, which are closed.
    static let clientID = "gateway-client"
    static let mode = "backend"
    static let role = "operator"
    #if os(macOS)
    static let platform = "macos"
    #else
    static let platform = "linux"
    #endif
    /// Of this client of the protocol.
    static let clientVersion = "1.0.0"

    let device: GatewayDevice
    let scopes: [String]
    let secret: Secret

    /// The parameters of `connect`.
    ///
    /// - Parameter time: when the gateway asked, in milliseconds, by its own clock.
    func parameters(nonce: String, time: Int) -> JSONValue {
        let auth: JSONValue =
            switch secret {
            case .none: [:]
            case .token(let token): ["token": .string(token)]
            case .deviceToken(let token): ["deviceToken": .string(token)]
            }
        return [
            "minProtocol": .integer(GatewayFrame.version),
            "maxProtocol": .integer(GatewayFrame.version),
            "client": [
                "id": .string(Self.clientID), "version": .string(Self.clientVersion), "platform": .string(Self.platform),
                "mode": .string(Self.mode),
            ],
            "role": .string(Self.role),
            "scopes": .array(scopes.map { .string($0) }),
            "caps": [],
            "auth": auth,
            "device": [
                "id": .string(device.id),
                "publicKey": .string(Self.base64URL(device.publicKey)),
                "signature": .string(Self.base64URL(device.sign(Array(signedText(nonce: nonce, time: time).utf8)))),
                "signedAt": .integer(time),
                "nonce": .string(nonce),
            ],
        ]
    }

    /// What proves that this is the device: version 3, whose last field, the family of the device, stays empty.
    func signedText(nonce: String, time: Int) -> String {
        let token =
            switch secret {
            case .none: ""
            case .token(let token), .deviceToken(let token): token
            }
        return [
            "v3", device.id, Self.clientID, Self.mode, Self.role, scopes.joined(separator: ","), String(time), token, nonce, Self.platform, "",
        ].joined(separator: "|")
    }

    /// RFC 4648, section 5, without padding.
    static func base64URL(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}
