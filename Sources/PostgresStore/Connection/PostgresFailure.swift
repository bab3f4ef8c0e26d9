/// Why a statement has no answer.
struct PostgresFailure: Error {
    enum Kind {
        /// There is no connection, or it broke.
        case unreachable
        case deadline
        /// The server said no, for the reason of ``PostgresFailure/state``.
        case refused
        /// The answer is not what the tables should hold.
        case unreadable
        /// The tables are of a newer version than the program.
        case newerDatabase(NewerDatabase)
        /// Bringing the tables up to date failed.
        case unprepared
    }

    let kind: Kind
    /// One line, for the log.
    let reason: String
    /// The SQLSTATE of five characters, where the server gave one.
    var state: String?
    /// The server surely has done nothing, and might the next time.
    var mayRepeat = false

    init(_ kind: Kind, _ reason: String, state: String? = nil, mayRepeat: Bool = false) {
        self.kind = kind
        self.reason = reason
        self.state = state
        self.mayRepeat = mayRepeat
    }

    /// What a call that never came to its statement says about the server.
    var speaksOfServer: Bool {
        switch kind {
        case .unreachable, .deadline, .newerDatabase, .unprepared: true
        case .refused, .unreadable: false
        }
    }

    /// The server has no such schema or table: it is another one than the one that was prepared.
    var saysNothingIsThere: Bool { state == "3F000" || state == "42P01" }

    /// Whether that holds also where another call has just succeeded: a connection can be lost alone.
    var isCertain: Bool { if case .unreachable = kind { false } else { true } }
}

extension PostgresFailure {
    /// The server refused `state`. What it says may hold values in its detail, so only the message counts.
    static func refused(_ message: String, state: String) -> PostgresFailure {
        // Of these nothing was done: a conflict with another transaction, a server that has become a standby,
        // one that ended the connection before it did anything, and another one without the tables.
        let mayRepeat = ["40001", "40P01", "25006", "57P01", "57P05", "3F000", "42P01"].contains(state)
        return PostgresFailure(.refused, "\(oneLine(message)) (SQLSTATE \(state))", state: state, mayRepeat: mayRepeat)
    }

    /// Whether the connection can be used after it.
    var spoilsConnection: Bool {
        switch kind {
        case .refused: ["25006", "57014", "3F000", "42P01"].contains(state) || state?.hasPrefix("57P") == true
        case .unreadable: false
        case .unreachable, .deadline, .newerDatabase, .unprepared: true
        }
    }

    /// Without the advice that libpq gives in lines that begin with a tab.
    static func oneLine(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).filter { $0.first != "\t" }
        let text = lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.joined(separator: "; ")
        return text.isEmpty ? "no reason given" : String(text.prefix(500))
    }
}
