import JSON
import NIOCore

/// The gateway's `hello-ok`.
struct GatewayGreeting: Sendable {
    let payload: JSONValue

    /// What the gateway allows; what was asked for does not count.
    var scopes: Set<String> { Set(payload["auth"]?["scopes"]?.array.compactMap(\.string) ?? []) }

    var methods: Set<String> { Set(payload["features"]?["methods"]?.array.compactMap(\.string) ?? []) }

    var version: String { payload["server"]?["version"]?.string ?? "" }

    /// Between two signs of life.
    var tickInterval: TimeAmount {
        let milliseconds = payload["policy"]?["tickIntervalMs"]?.double ?? 30_000
        return .milliseconds(Int64(max(20, min(milliseconds, 300_000))))
    }

    var hello: GatewayLink.Hello { GatewayLink.Hello(version: version, methods: methods, scopes: scopes) }
}
