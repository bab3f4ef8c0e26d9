/// What is wrong with a text that should be a ``RedisURL``. Never shows a part of the text, since any part may be the password's.
public enum RedisURLProblem: Error, Sendable, Equatable, CaseIterable {
    case scheme
    case host
    case port
    case database
    case query
    case userWithoutPassword
    case escape
    case ambiguous
}

extension RedisURLProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .scheme: "must begin with redis:// or rediss://"
        case .host: "has no valid host; write redis://host:6379, and an IPv6 address in brackets: redis://[::1]:6379"
        case .port: "has a port that is no number from 1 to 65535"
        case .database: "has a database that is no number; write redis://host:6379/0"
        case .query: "has a part after ? or #, which means nothing here. \(Self.encoding)"
        case .userWithoutPassword: "has a user without a password; a password alone is written redis://:password@host"
        case .escape: "has a % that begins no two hexadecimal digits. \(Self.encoding)"
        case .ambiguous: "can be read in two ways, since it has an @ after a valid host. \(Self.encoding)"
        }
    }

    private static let encoding = "In user and password, write % as %25, # as %23, / as %2F, : as %3A, ? as %3F and @ as %40"
}
