import FoundationEssentials
import Identity

/// The audit trail in words.
enum AuditText {
    /// For the person whose account it is: `You signed in with a password.`
    static func sentence(_ event: AuditEvent, for person: UUID) -> String {
        let who = event.actor == person || event.actor == nil && event.action == .signIn ? "You" : "An administrator"
        if event.outcome == .refused { return refusal(event) }
        return switch event.action {
        case .signIn: "You signed in \(SignInMethod(rawValue: event.details["method"] ?? "")?.words ?? "")."
        case .signOut: "You signed out."
        case .sessionRevoked: "\(who) signed a device out\(event.details["device"].map { ": \($0)" } ?? "")."
        case .sessionsRevoked: "\(who) signed \(event.details["count"] ?? "several") devices out."
        case .accountCreated: "The account was made."
        case .accountExported: "You downloaded your data."
        case .accountLocked: "\(who) locked the account."
        case .accountUnlocked: "\(who) unlocked the account."
        case .nameChanged: "You changed your name."
        case .emailChanged: "You changed your e-mail address."
        case .passwordChanged: "You changed your password."
        case .passwordReset: event.actor == person ? "You chose a new password with a link." : "\(who) set a new password."
        case .linkMade: "\(who) made a link to choose a new password."
        case .roleChanged: "\(who) changed the role from \(event.details["from"] ?? "?") to \(event.details["to"] ?? "?")."
        case .secondFactorAdded: "You turned two-factor sign-in on."
        case .secondFactorRemoved: "You turned two-factor sign-in off."
        case .recoveryCodesMade: "You made new recovery codes."
        case .recoveryCodeUsed: "A recovery code was used."
        default: "\(title(event.action))."
        }
    }

    private static func refusal(_ event: AuditEvent) -> String {
        switch event.details["reason"] {
        case "password": "Somebody tried to sign in with a wrong password."
        case "code": "Somebody knew the password, and tried a wrong code."
        case "locked": "Somebody knew the password while the account was locked."
        default: "\(title(event.action)): refused."
        }
    }

    /// `Password changed`
    static func title(_ action: AuditAction) -> String {
        let words = action.rawValue.replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    static func device(_ event: AuditEvent) -> String? {
        event.userAgent.isEmpty
            ? nil : event.userAgent == Client.terminal.userAgent ? "Command line" : DeviceName(userAgent: event.userAgent).description
    }

    /// Every action that the trail may hold, for lists to choose from.
    static let actions: [AuditAction] = [
        .signIn, .signOut, .sessionRevoked, .sessionsRevoked, .accountCreated, .accountDeleted, .accountExported, .accountLocked, .accountUnlocked,
        .nameChanged, .emailChanged, .passwordChanged, .passwordReset, .linkMade, .roleChanged, .secondFactorAdded, .secondFactorRemoved,
        .recoveryCodesMade, .recoveryCodeUsed, .gatewayCalled, .messageSent, .answerStopped, .channelStarted, .channelStopped, .jobRun,
    ]
}

extension SignInMethod {
    /// As the end of “Signed in …”.
    var words: String {
        switch self {
        case .password: "with a password"
        case .passwordAndCode: "with a password and a code"
        case .passwordAndRecoveryCode: "with a password and a recovery code"
        case .link: "with a one-time link"
        }
    }
}

extension Role {
    var title: String {
        switch self {
        case .user: "User"
        case .author: "Author"
        case .admin: "Administrator"
        }
    }
}
