import FoundationEssentials
import Identity

/// What the API says, field by field; times are in RFC 3339.
struct UserDocument: Encodable {
    let id: String
    let email: String
    let name: String
    let role: String
    let twoFactor: Bool
    let createdAt: String

    init(_ user: User) {
        id = user.id.uuidString.lowercased()
        email = user.email.text
        name = user.name
        role = user.role.rawValue
        twoFactor = user.hasSecondFactor
        createdAt = user.createdAt.formatted(.iso8601)
    }
}

struct SessionDocument: Encodable {
    let id: String
    let device: String
    let userAgent: String
    let address: String?
    let method: String
    let createdAt: String
    let lastSeenAt: String
    let expiresAt: String
    let current: Bool

    init(_ session: Session, isCurrent: Bool) {
        id = session.id.uuidString.lowercased()
        device = DeviceName(userAgent: session.userAgent).description
        userAgent = session.userAgent
        address = session.address
        method = session.method.rawValue
        createdAt = session.createdAt.formatted(.iso8601)
        lastSeenAt = session.lastSeenAt.formatted(.iso8601)
        expiresAt = session.expiresAt.formatted(.iso8601)
        current = isCurrent
    }
}

struct SignedInDocument: Encodable {
    let user: UserDocument
    let session: SessionDocument
}

struct SessionsDocument: Encodable {
    let sessions: [SessionDocument]
}

struct EndedDocument: Encodable {
    let ended: Int
}

struct ActivityDocument: Encodable {
    struct Line: Encodable {
        let id: String
        let at: String
        let action: String
        let outcome: String
        let address: String?
        let device: String
        let details: [String: String]

        init(_ event: AuditEvent) {
            id = event.id.uuidString.lowercased()
            at = event.at.formatted(.iso8601)
            action = event.action.rawValue
            outcome = event.outcome.rawValue
            address = event.address
            device = DeviceName(userAgent: event.userAgent).description
            details = event.details
        }
    }

    let activity: [Line]
    let next: String?
}

/// Everything about one person, for that person.
struct ExportDocument: Encodable {
    struct Event: Encodable {
        let at: String
        let kind: String
        let text: String
    }

    let user: UserDocument
    let sessions: [SessionDocument]
    let activity: [ActivityDocument.Line]
    let events: [Event]

    init(_ export: Accounts.Export, current: UUID) {
        user = UserDocument(export.user)
        sessions = export.sessions.map { SessionDocument($0, isCurrent: $0.id == current) }
        activity = export.activity.map(ActivityDocument.Line.init)
        events = export.events.map { Event(at: $0.at.formatted(.iso8601), kind: $0.kind, text: $0.text) }
    }
}

/// A place in the audit trail as addresses name it: milliseconds and the line's id.
enum AuditPosition {
    static func text(_ event: AuditEvent) -> String {
        "\(Int64((event.at.timeIntervalSince1970 * 1_000).rounded()))-\(event.id.uuidString.lowercased())"
    }

    /// - Throws: 400 for anything that ``text(_:)`` never is.
    static func read(_ text: String?) throws -> AuditQuery.Position? {
        guard let text else { return nil }
        guard let hyphen = text.firstIndex(of: "-"), let time = Int64(text[..<hyphen]),
            let id = UUID(uuidString: String(text[text.index(after: hyphen)...]))
        else { throw WebError.unknownParameter("before", "the value of next in an answer") }
        return AuditQuery.Position(at: Date(timeIntervalSince1970: Double(time) / 1_000), id: id)
    }
}
