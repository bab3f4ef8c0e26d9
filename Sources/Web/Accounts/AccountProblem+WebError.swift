import HTTPTypes
import Identity

extension WebError {
    /// What a program is told; pages show the same words at the form.
    init(_ problem: AccountProblem) {
        self = problem.webError
        type = "/api/openapi.json#\(problem.name)"
    }

    /// Too many passwords are being checked already.
    static let tooManySignIns = WebError(
        status: .serviceUnavailable, title: "Too many at once", message: "Too many people are signing in just now.",
        remedy: "Try again in a few seconds.", headers: [.retryAfter: "5"], type: "/api/openapi.json#busy")
}

extension AccountProblem {
    /// For the form: what went wrong, as a sentence or two.
    var text: String {
        let error = webError
        return "\(error.message) \(error.remedy)"
    }

    fileprivate var name: String {
        switch self {
        case .wrongCredentials: "wrong-credentials"
        case .codeNeeded: "code-needed"
        case .wrongCode: "wrong-code"
        case .locked: "locked"
        case .tooManyAttempts: "too-many-attempts"
        case .linkInvalid: "link-invalid"
        case .emailInvalid: "email-invalid"
        case .emailTaken: "email-taken"
        case .nameInvalid: "name-invalid"
        case .password: "password-refused"
        case .signUpClosed: "sign-up-closed"
        case .lastAdministrator: "last-administrator"
        case .notAllowed: "not-allowed"
        case .notFound: "not-found"
        case .changedMeanwhile: "changed-meanwhile"
        }
    }

    fileprivate var webError: WebError {
        switch self {
        case .wrongCredentials:
            WebError(
                status: .unauthorized, title: "Not signed in", message: "The e-mail address or the password is wrong.",
                remedy: "Check both and try again.")
        case .codeNeeded:
            WebError(
                status: .unauthorized, title: "A code is needed", message: "The password is right; the account also asks for a code.",
                remedy: "Send the code that your authenticator app shows, or a recovery code.")
        case .wrongCode:
            WebError(
                status: .unauthorized, title: "Wrong code", message: "This code is not right, or was used already.",
                remedy: "Wait for the next one and try it.")
        case .locked:
            WebError(
                status: .forbidden, title: "Account locked", message: "An administrator has locked this account.",
                remedy: "Ask an administrator to unlock it.")
        case .tooManyAttempts(let wait):
            WebError(
                status: .tooManyRequests, title: "Too many attempts", message: "There were too many attempts just now.",
                remedy: "Try again in \(Self.seconds(wait)) seconds.", headers: [.retryAfter: Self.seconds(wait)])
        case .linkInvalid:
            WebError(
                status: .gone, title: "This link does not work any more", message: "It was used already, has ended, or was never made.",
                remedy: "Ask an administrator for a new one.")
        case .emailInvalid:
            WebError(
                status: .unprocessableContent, title: "Not an e-mail address", message: "This is not an e-mail address.",
                remedy: "It should look like name@example.org.")
        case .emailTaken:
            WebError(
                status: .conflict, title: "Address in use", message: "There is an account with this address already.",
                remedy: "Sign in with it, or use another address.")
        case .nameInvalid:
            WebError(
                status: .unprocessableContent, title: "Not a name", message: "A name has 1 to 100 characters on one line.",
                remedy: "Choose another one.")
        case .password(let problem):
            WebError(
                status: .unprocessableContent, title: "Choose another password", message: problem.text,
                remedy: "Long ones are good; symbols are not needed.")
        case .signUpClosed:
            WebError(
                status: .forbidden, title: "Only with an invitation", message: "New accounts are only for people who were invited.",
                remedy: "Ask an administrator for an invitation.")
        case .lastAdministrator:
            WebError(
                status: .conflict, title: "The last administrator", message: "This is the last administrator, and somebody has to be one.",
                remedy: "Make somebody else an administrator first.")
        case .notAllowed:
            WebError(
                status: .conflict, title: "Not possible now", message: "This is done already, or cannot be done now.",
                remedy: "Look at the page again.")
        case .notFound:
            WebError(status: .notFound, title: "Not found", message: "There is no such account.", remedy: "Check the address.")
        case .changedMeanwhile:
            WebError(
                status: .conflict, title: "Changed meanwhile", message: "Somebody else changed the account at the same moment.", remedy: "Try again.")
        }
    }

    private static func seconds(_ wait: Double) -> String { String(Int(max(1, wait.rounded(.up)))) }
}
