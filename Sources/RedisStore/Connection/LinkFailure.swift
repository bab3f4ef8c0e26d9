/// Why a connection is of no use, in words without a password.
struct LinkFailure: Equatable {
    enum Kind { case lost, timeout, violation, refused }

    let kind: Kind
    let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The server's words, fit for one line of a log.
    static func quoted(_ message: String) -> String {
        String(message.prefix(200).map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" })
    }
}
