/// Where the gateway is and how patient the site is with it.
public struct GatewayConfiguration: Sendable {
    public var endpoint: GatewayEndpoint
    /// The gateway's shared secret; leaves the process only towards the gateway.
    public var token: String?
    public var limits = GatewayLimits()

    public init(endpoint: GatewayEndpoint, token: String?) {
        self.endpoint = endpoint
        self.token = token
    }
}
