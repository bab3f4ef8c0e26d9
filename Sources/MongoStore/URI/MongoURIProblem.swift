/// What is wrong with a text that should be a ``MongoURI``.
public struct MongoURIProblem: Error, Sendable, Equatable {
    /// For the log: holds no part of the text but what cannot be a password's.
    public let reason: String
    /// The text as it should probably be written, with the password in it: for the eyes of whoever wrote it, never for a log.
    public let encodedForm: String?
    /// The same with `***` for the password.
    let hiddenForm: String?
    /// What to do about it.
    public let remedy: String

    init(
        _ reason: String, encodedForm: String? = nil, hiddenForm: String? = nil,
        remedy: String = "write it as mongodb://user:password@host:27017/database"
    ) {
        self.reason = reason
        self.remedy = remedy
        self.encodedForm = encodedForm
        self.hiddenForm = hiddenForm
    }

    static let encoding =
        "In user and password, write % as %25, # as %23, / as %2F, : as %3A, ? as %3F, @ as %40, [ as %5B and ] as %5D"
}

extension MongoURIProblem: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        guard let hiddenForm else { return reason }
        return "\(reason). If the last @ is the one before the host, the encoded form is \(hiddenForm)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["reason": description]) }
}
