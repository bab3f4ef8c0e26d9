/// What is said first on every connection, and whether the server's answers are good.
struct Greeting {
    private enum Step { case password, database, name, ping }

    enum Progress: Equatable {
        case unfinished
        case finished
        case failed(LinkFailure)
    }

    let commands: [RedisCommand]
    private let database: Int
    private let hasPassword: Bool
    private var open: [Step]
    /// The last complaint that was not reason enough to give up, in case the server does.
    private(set) var complaint: String?

    init(_ url: RedisURL) {
        var commands: [RedisCommand] = []
        open = []
        if let password = url.password {
            commands.append(RedisCommand("AUTH", (url.user.map { [.text($0)] } ?? []) + [.text(password)]))
            open.append(.password)
        }
        if url.database != 0 {
            commands.append(RedisCommand("SELECT", .integer(url.database)))
            open.append(.database)
        }
        commands += [RedisCommand("CLIENT", "SETNAME", "landing"), RedisCommand("PING")]
        open += [.name, .ping]
        self.commands = commands
        database = url.database
        hasPassword = url.password != nil
    }

    mutating func receive(_ value: RedisValue) -> Progress {
        guard !open.isEmpty else { return .failed(LinkFailure(.violation, "the server sent an answer that nobody asked for")) }
        let step = open.removeFirst()
        guard case .error(let message) = value else {
            // A port of no server may be connected with itself, and gives back what it gets.
            if case .ping = step, value.string != "PONG" { return .failed(LinkFailure(.violation, "what answers there is not Redis")) }
            return open.isEmpty ? .finished : .unfinished
        }
        switch step {
        case .password: return .failed(LinkFailure(.refused, Self.passwordProblem(message)))
        case .database where message.hasPrefix("NOAUTH"): return .failed(withoutPassword)
        case .database: return .failed(LinkFailure(.refused, "the server refuses database \(database) (\(LinkFailure.quoted(message)))"))
        case .name:
            // A user may lack the permission; the name is only for people.
            complaint = LinkFailure.quoted(message)
            return .unfinished
        case .ping where message.hasPrefix("NOPERM"): return .finished
        case .ping where message.hasPrefix("NOAUTH"): return .failed(withoutPassword)
        case .ping: return .failed(LinkFailure(.lost, "the server is not ready (\(LinkFailure.quoted(message)))"))
        }
    }

    /// A server that does not know AUTH repeats what it was given, so only the code of its answer is shown.
    private static func passwordProblem(_ message: String) -> String {
        if message.contains("without any password configured") { return "the server has no password, and one is set" }
        return "the server refuses the user or the password (\(message.prefix { ("A"..."Z").contains($0) }))"
    }

    private var withoutPassword: LinkFailure {
        LinkFailure(.refused, hasPassword ? "the server does not accept the password" : "the server asks for a password, and none is set")
    }
}
