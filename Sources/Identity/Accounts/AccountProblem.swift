public import FoundationEssentials

/// Why something was not done to an account; nothing was changed.
public enum AccountProblem: Error, Sendable, Equatable {
    /// The address or the password, which of them is not said.
    case wrongCredentials
    /// The password was right, and the person has a second factor: `ticket` lets a code follow it.
    case codeNeeded(ticket: SessionToken)
    case wrongCode
    /// An administrator keeps the person out; said only to who knows the password.
    case locked
    /// Seconds.
    case tooManyAttempts(retryAfter: TimeInterval)
    /// A one-time link that was used, has ended or never was.
    case linkInvalid
    case emailInvalid
    case emailTaken
    case nameInvalid
    case password(PasswordPolicy.Problem)
    case signUpClosed
    /// Somebody has to be able to let others in.
    case lastAdministrator
    case notAllowed
    case notFound
    case changedMeanwhile
}
