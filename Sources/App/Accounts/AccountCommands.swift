import ArgumentParser
import Foundation
import Identity
import Logging
import SQLiteStore
import Site

/// What commands about accounts have in common: stores that are opened and closed, and problems in words.
enum AccountCommands {
    /// A reason to stop, for the person at the terminal.
    struct Stopped: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    static func run(_ email: String, _ body: (Accounts, User) async throws -> Void) async throws {
        try await run { accounts, _ in try await body(accounts, try await accounts.user(email: email)) }
    }

    static func run(_ body: (Accounts, ServerSettings) async throws -> Void) async throws {
        let settings = try Environment.settings()
        try await withDatabases(settings, settings.accountStore) { databases in
            try await body(Accounts(databases.stores, settings), settings)
        }
    }

    /// - Throws: an exit code, after the problem was written.
    static func withDatabases(_ settings: ServerSettings, _ choice: AccountStoreChoice, _ body: (AccountDatabases) async throws -> Void) async throws
    {
        let silent = Logger(label: "landing") { _ in SwiftLogNoOpLogHandler() }
        var opened: AccountDatabases?
        do {
            try FileManager.default.createDirectory(atPath: settings.data, withIntermediateDirectories: true)
            let sqlite = try SQLiteDatabase(path: "\(settings.data)/landing.sqlite")
            let databases = try await AccountDatabases.open(settings, sqlite: sqlite, choice: choice, silent)
            opened = databases
            try await body(databases)
            await databases.close()
        } catch {
            await opened?.close()
            throw complain(error)
        }
    }

    private static func complain(_ error: any Error) -> any Error {
        switch error {
        case let error as ExitCode: error
        case let stopped as Stopped: Environment.complain(stopped.message, exit: .failure)
        case let problem as StartProblem: Environment.complain(problem.description, exit: Environment.wrongConfiguration)
        case let problem as AccountProblem: Environment.complain(words(problem), exit: .failure)
        case let outage as StoreUnavailable: Environment.complain("\(outage); start it, then repeat the command", exit: .failure)
        default: Environment.complain("\(error)", exit: .failure)
        }
    }

    private static func words(_ problem: AccountProblem) -> String {
        switch problem {
        case .notFound: "there is no account with this address; `landing user list` shows all"
        case .emailInvalid: "this is not an e-mail address; write it as name@example.org"
        case .emailTaken: "there is an account with this address already"
        case .nameInvalid: "a name has 1 to 100 characters on one line; choose another one with --name"
        case .password(let reason): "the password is refused: \(reason.text)"
        case .lastAdministrator: "this is the last administrator; make somebody else one first"
        case .changedMeanwhile: "somebody else changed the account at the same moment; repeat the command"
        default: "\(problem)"
        }
    }

    /// Not as an argument: other people of the machine see those.
    static func readPassword() throws -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw Environment.complain("there is no password on the standard input; write it there, on one line", exit: .failure)
        }
        return line
    }

    static func writeResetLink(_ user: User, _ accounts: Accounts, _ settings: ServerSettings) async throws {
        let token = try await accounts.makeResetLink(for: user.id, by: nil, .terminal)
        Environment.write("Within an hour, \(user.email) chooses a password at \(Style.bold.on("\(settings.origin)/reset?token=\(token.text)"))\n")
    }
}

/// Strangers' texts on a terminal.
enum TerminalText {
    /// No control character of theirs reaches it.
    static func visible(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
