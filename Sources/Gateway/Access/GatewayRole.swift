/// What somebody may do at the gateway, each role with all that the ones before it may.
public enum GatewayRole: Int, Sendable, Comparable, CaseIterable {
    case user, author, admin

    public static func < (one: GatewayRole, other: GatewayRole) -> Bool { one.rawValue < other.rawValue }
}
