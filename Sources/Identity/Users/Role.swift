/// What a person may do; each role may do what those before it may.
public enum Role: String, Sendable, CaseIterable, Codable, Comparable {
    /// Signs in, manages the own account, uses the dashboard.
    case user
    /// Also writes pages.
    case author
    /// Also manages people, and reads the whole audit trail.
    case admin

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
}
