import ArgumentParser
import Foundation
import Identity

/// `landing session`
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Who is signed in where.", subcommands: [List.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a person's sessions, the one seen last first.")

        @Argument(help: "The person's e-mail address.") var email: String

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                let sessions = try await accounts.sessions(of: user.id)
                if sessions.isEmpty { Environment.writeError("No sessions\n") }
                for session in sessions {
                    Environment.write(
                        "\(Style.bold.on(session.id.uuidString.lowercased()))  \(DeviceName(userAgent: session.userAgent))  "
                            + "\(session.address ?? "unknown address")  last seen \(session.lastSeenAt.formatted(.iso8601))\n")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends one session of a person, or all.")

        @Argument(help: "The person's e-mail address.") var email: String
        @Argument(help: "The session, as list shows it.") var id: String?
        @Flag(help: "End all of them.") var all = false

        func validate() throws {
            guard (id == nil) == all else { throw ValidationError("Name one session, or give --all.") }
            if let id, UUID(uuidString: id) == nil { throw ValidationError("\(id) is no session; `landing session list \(email)` shows them.") }
        }

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                guard let id = id.flatMap({ UUID(uuidString: $0) }) else {
                    return Environment.write("Ended \(try await accounts.revokeAll(of: user.id, by: nil, .terminal)) sessions\n")
                }
                guard try await accounts.revoke(id, of: user.id, by: nil, .terminal) else {
                    throw AccountCommands.Stopped("\(user.email) has no such session; it may have ended already")
                }
                Environment.write("Ended 1 session\n")
            }
        }
    }
}
