extension GatewayRole {
    /// What this site asks the gateway for on behalf of somebody, and no more: each more has to be approved there again.
    var scopes: [String] {
        switch self {
        case .user, .author: ["operator.read", "operator.write"]
        case .admin: ["operator.read", "operator.write", "operator.admin"]
        }
    }
}
