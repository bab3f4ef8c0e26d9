/// What is wrong with a text that should be a ``PostgresURI``. Never shows a part of the text, since any part may be the password's.
public enum PostgresURIProblem: Error, Sendable, Equatable, CaseIterable {
    case scheme
    case length
    case host
    case port
    case database
    case option
    case escape
    case ambiguous
    /// Nothing of the text: who should read it is not there.
    case library
}

extension PostgresURIProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .scheme: "must begin with postgres:// or postgresql://"
        case .length: "is longer than 8 KB"
        case .host:
            "has no valid host; write postgres://user:***@host:5432/database, an IPv6 address in brackets, and the folder of a socket as "
                + "postgres:///database?host=/run/postgresql. \(Self.encoding)"
        case .port: "has a port that is no number from 1 to 65535. \(Self.encoding)"
        case .database: "has a database name with one of / @ # [ ], or something behind it. \(Self.encoding)"
        case .option: "has a part behind ? that is no option=value&… of libpq. \(Self.encoding)"
        case .escape: "has a % of which nobody can tell whether it stands for itself. \(Self.encoding)"
        case .ambiguous: "can be read in more than one way, since it has an @ after a valid host. \(Self.encoding)"
        case .library: "needs libpq, which cannot be loaded"
        }
    }

    /// What to do about it.
    public var remedy: String {
        self == .library ? "install the package libpq5" : "write it as postgres://user:password@host:5432/database"
    }

    private static let encoding =
        "Percent-encode user and password, as in postgres://user:***@host:5432/database where *** has % as %25, @ as %40, : as %3A, / as %2F, "
        + "? as %3F, # as %23, [ as %5B and ] as %5D"
}
