public import HTTPTypes

/// Why the gateway does not do what was asked, in words for the person who asked; the same on pages, in JSON, in
/// streams and on sockets.
public struct GatewayProblem: Error, Sendable, Equatable {
    public let kind: Kind
    /// A sentence that adds what is known of this one case, without secrets; may be empty.
    public let detail: String
    /// Seconds until it is worth trying again.
    public let retryAfter: Int?
    /// What could have been asked, of `methodNotAllowed`; empty otherwise.
    public let allowedMethods: [HTTPRequest.Method]

    public init(_ kind: Kind, _ detail: String = "", retryAfter: Int? = nil) {
        self.init(kind, detail, retryAfter: retryAfter, allowedMethods: [])
    }

    private init(_ kind: Kind, _ detail: String, retryAfter: Int?, allowedMethods: [HTTPRequest.Method]) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
        self.allowedMethods = allowedMethods
    }

    static func methodNotAllowed(allowed: [HTTPRequest.Method]) -> GatewayProblem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return GatewayProblem(.methodNotAllowed, "This call takes \(names).", retryAfter: nil, allowedMethods: allowed)
    }

    public enum Kind: String, Sendable, CaseIterable {
        // The gateway.
        case unreachable = "gateway-unreachable"
        case untrusted = "gateway-untrusted"
        case slow = "gateway-slow"
        case starting = "gateway-starting"
        case restarting = "gateway-restarting"
        case failing = "gateway-failing"
        case tokenMissing = "gateway-token-missing"
        case tokenWrong = "gateway-token-wrong"
        case lockedOut = "gateway-locked-out"
        case pairingNeeded = "gateway-pairing-needed"
        case scopeMissing = "gateway-scope-missing"
        case attributionRequired = "gateway-attribution-required"
        case tooOld = "gateway-too-old"
        case notOpenClaw = "gateway-not-openclaw"
        case notEnabled = "gateway-not-enabled"
        case answerBroken = "gateway-answer-broken"
        // The caller.
        case unknownRoute = "gateway-route-unknown"
        case methodNotAllowed = "gateway-method-not-allowed"
        case roleNeeded = "gateway-role-needed"
        case requestInvalid = "gateway-request-invalid"
        case requestTooLarge = "gateway-request-too-large"
        case tooManyRequests = "gateway-too-many-requests"
        case tooManyStreams = "gateway-too-many-streams"
        case sessionEnded = "session-ended"
    }

    /// As HTTP says it (RFC 9110, section 15).
    public var status: Int {
        switch kind {
        case .unreachable, .untrusted, .starting, .restarting, .lockedOut, .tokenMissing, .tokenWrong, .pairingNeeded: 503
        case .slow: 504
        case .failing, .scopeMissing, .attributionRequired, .tooOld, .notOpenClaw, .answerBroken: 502
        case .notEnabled: 501
        case .unknownRoute: 404
        case .methodNotAllowed: 405
        case .roleNeeded: 403
        case .requestInvalid: 400
        case .requestTooLarge: 413
        case .tooManyRequests, .tooManyStreams: 429
        case .sessionEnded: 401
        }
    }

    /// A few words, as a heading.
    public var title: String {
        switch kind {
        case .unreachable: "The gateway cannot be reached"
        case .untrusted: "The gateway's certificate is not trusted"
        case .slow: "The gateway did not answer in time"
        case .starting: "The gateway is starting"
        case .restarting: "The gateway is restarting"
        case .failing: "The gateway failed"
        case .tokenMissing: "The gateway wants a token"
        case .tokenWrong: "The gateway refuses the token"
        case .lockedOut: "The gateway has locked this site out"
        case .pairingNeeded: "The gateway does not know this site yet"
        case .scopeMissing: "The gateway allows this site less than it needs"
        case .attributionRequired: "The gateway takes this site for a proxy"
        case .tooOld: "The gateway is too old"
        case .notOpenClaw: "Another program answers in the gateway's place"
        case .notEnabled: "Not enabled at the gateway"
        case .answerBroken: "The gateway's answer cannot be read"
        case .unknownRoute: "No such call"
        case .methodNotAllowed: "Method not allowed"
        case .roleNeeded: "Not for your account"
        case .requestInvalid: "The request cannot be read"
        case .requestTooLarge: "Too much at once"
        case .tooManyRequests: "Too many requests"
        case .tooManyStreams: "Too many open streams"
        case .sessionEnded: "Your session has ended"
        }
    }

    /// What the person, or whoever runs the site, can do.
    public var remedy: String {
        switch kind {
        case .unreachable: "Start the gateway, or set GATEWAY_URL to where it listens. The rest of the site works without it."
        case .untrusted:
            "Set GATEWAY_URL to the name its certificate is for. Make this machine trust its authority: put that in /usr/local/share/ca-certificates, call update-ca-certificates, restart this site."
        case .slow: "Try again in a moment. If it stays, look into the gateway's log: it runs, but does not keep up."
        case .starting, .restarting: "Wait a few seconds; this site connects again by itself."
        case .failing: "Try again. If it stays, look into the gateway's log."
        case .tokenMissing: "Set GATEWAY_AUTH_TOKEN to the gateway's gateway.auth.token and restart this site."
        case .tokenWrong: "Set GATEWAY_AUTH_TOKEN to the gateway's gateway.auth.token; after a change of it, restart this site."
        case .lockedOut: "Correct GATEWAY_AUTH_TOKEN first, then wait: the gateway lets nobody in for five minutes after ten wrong tokens."
        case .pairingNeeded: "Approve this site at the gateway: `openclaw devices list`, then `openclaw devices approve`."
        case .scopeMissing: "Give this site's device its scopes at the gateway, or update the gateway: some versions lose them."
        case .attributionRequired: "Take this site's address out of the gateway's gateway.trustedProxies, or use host networking for both."
        case .tooOld: "Update the gateway to 2026.5.12 or later, which speaks version 4 of the protocol."
        case .notOpenClaw: "Set GATEWAY_URL to OpenClaw itself; the stack's small program on port 18789 only shares its port."
        case .notEnabled: "Enable it in the gateway's configuration; most of its HTTP interface is off at first."
        case .answerBroken: "Look whether GATEWAY_URL leads to OpenClaw and to nothing in between that changes answers."
        case .unknownRoute: "See /api/openapi.json for the calls that there are."
        case .methodNotAllowed: "See /api/openapi.json for the methods of each call."
        case .roleNeeded: "Ask an administrator for the role."
        case .requestInvalid: "See /api/openapi.json for what the call takes."
        case .requestTooLarge: "Send less at once."
        case .tooManyRequests: "Wait, then go on more slowly."
        case .tooManyStreams: "Close one of those that are open, in another tab or program."
        case .sessionEnded: "Sign in again."
        }
    }

    /// Title and detail in one sentence or two.
    public var message: String { detail.isEmpty ? "\(title)." : "\(title): \(detail)" }
}
