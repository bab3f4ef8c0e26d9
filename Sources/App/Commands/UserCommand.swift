public import ArgumentParser
import Foundation
public import Identity

/// `landing user`
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts, where the settings keep them.",
        subcommands: [Create.self, List.self, SetRole.self, Lock.self, Unlock.self, Password.self, Delete.self, Move.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an account.",
            discussion: "Without --password-stdin it prints a link with which the person chooses a password, good for an hour.")

        @Argument(help: "The e-mail address that the person signs in with.") var email: String
        @Option(help: "What the person is called. Default: what stands before the @.") var name: String?
        @Option(help: "user, author or admin.") var role = Role.user
        @Flag(help: "Read a password from the standard input, up to its first line end.") var passwordStdin = false

        func run() async throws {
            let password = try passwordStdin ? AccountCommands.readPassword() : nil
            try await AccountCommands.run { accounts, settings in
                let user = try await accounts.create(
                    email: email, name: name ?? String(email.prefix { $0 != "@" }), role: role, password: password, by: nil, .terminal)
                Environment.write("Made \(user.email), \(user.role.rawValue)\n")
                if password == nil { try await AccountCommands.writeResetLink(user, accounts, settings) }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows accounts in the order of their addresses.")

        @Argument(help: "Only those with this in the address or the name.") var text: String?
        @Option(help: "How to write them: text or json.") var format = ReportFormat.text

        private struct Entry: Encodable {
            let id: String
            let email: String
            let name: String
            let role: String
            let twoFactor: Bool
            let locked: Bool
            let createdAt: Date
        }

        func run() async throws {
            try await AccountCommands.run { accounts, _ in
                var users: [User] = []
                while true {
                    let page = try await accounts.users(matching: text, after: users.last?.email, limit: 500)
                    users += page
                    if page.count < 500 { break }
                }
                if case .json = format {
                    let entries = users.map {
                        Entry(
                            id: $0.id.uuidString.lowercased(), email: $0.email.text, name: $0.name, role: $0.role.rawValue,
                            twoFactor: $0.hasSecondFactor, locked: $0.lockedAt != nil, createdAt: $0.createdAt)
                    }
                    return Environment.write(try ReportFormat.json(entries))
                }
                if users.isEmpty { Environment.writeError("No accounts\n") }
                let width = users.map(\.email.text.count).max() ?? 0
                for user in users {
                    let state = [
                        user.lockedAt != nil ? Style.red.on("locked") : nil, user.hasSecondFactor ? "two-factor" : nil,
                        user.password == nil ? "no password yet" : nil,
                    ].compactMap(\.self).joined(separator: ", ")
                    let email = user.email.text + String(repeating: " ", count: width - user.email.text.count)
                    let role = user.role.rawValue + String(repeating: " ", count: 6 - user.role.rawValue.count)
                    Environment.write("\(Style.bold.on(email))  \(role)  \(TerminalText.visible(user.name))\(state.isEmpty ? "" : "  (\(state))")\n")
                }
            }
        }
    }

    struct SetRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "role", abstract: "Changes what a person may do, and signs the person out.")

        @Argument(help: "The person's e-mail address.") var email: String
        @Argument(help: "user, author or admin.") var role: Role

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                _ = try await accounts.setRole(role, of: user.id, by: nil, .terminal)
                Environment.write("\(user.email) has the role \(role.rawValue)\n")
            }
        }
    }

    struct Lock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keeps a person out, and signs the person out everywhere.")

        @Argument(help: "The person's e-mail address.") var email: String

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                _ = try await accounts.lock(user.id, by: nil, .terminal)
                Environment.write("\(user.email) is locked\n")
            }
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a person in again.")

        @Argument(help: "The person's e-mail address.") var email: String

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                _ = try await accounts.unlock(user.id, by: nil, .terminal)
                Environment.write("\(user.email) is not locked\n")
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a link with which a person chooses a new password, or sets one.",
            discussion: "The old password is good until the link is used; then every session of the account ends.")

        @Argument(help: "The person's e-mail address.") var email: String
        @Flag(help: "Read the new password from the standard input, up to its first line end.") var stdin = false

        func run() async throws {
            let password = try stdin ? AccountCommands.readPassword() : nil
            try await AccountCommands.run { accounts, settings in
                let user = try await accounts.user(email: email)
                guard let password else { return try await AccountCommands.writeResetLink(user, accounts, settings) }
                _ = try await accounts.setPassword(password, of: user.id, by: nil, .terminal)
                Environment.write("\(user.email) has a new password, and is signed out everywhere\n")
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes an account with all that is kept about the person.")

        @Argument(help: "The person's e-mail address.") var email: String
        @Flag(help: "Do it; otherwise it only says what would be deleted.") var yes = false

        func run() async throws {
            try await AccountCommands.run(email) { accounts, user in
                guard yes else {
                    let sessions = try await accounts.sessions(of: user.id).count
                    Environment.write("Would delete \(user.email) (\(user.role.rawValue), \(sessions) sessions); add --yes to do it\n")
                    return
                }
                try await accounts.deleteAccount(user.id, by: nil, .terminal)
                Environment.write("Deleted \(user.email)\n")
            }
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies every account to another store, and verifies what arrived.",
            discussion: """
                Stop the servers first, move, then start them with ACCOUNT_STORE set to the new store. May be repeated: what is \
                there already stays. Sessions are not moved: people sign in again. Nothing is removed from the old store.
                """)

        @Option(help: "sqlite, mongodb or postgres; its URI must be set.") var to: AccountStoreChoice

        func run() async throws {
            let settings = try Environment.settings()
            guard to != settings.accountStore else {
                throw Environment.complain(
                    "the settings say that accounts are in \(to.rawValue) already; set ACCOUNT_STORE to the store that they are in now",
                    exit: Environment.wrongConfiguration)
            }
            guard to != .mongodb || settings.mongodb != nil, to != .postgres || settings.postgres != nil else {
                let key: SettingKey = to == .mongodb ? .mongodb : .postgres
                throw Environment.complain(
                    "\(key.rawValue) is not set; set it to the store that accounts move to", exit: Environment.wrongConfiguration)
            }
            try await AccountCommands.withDatabases(settings, settings.accountStore) { source in
                try await AccountCommands.withDatabases(settings, to) { target in
                    try await move(source.stores.users, target.stores.users)
                }
            }
        }

        private func move(_ source: any UserStore, _ target: any UserStore) async throws {
            let progress = ProgressLine()
            defer { progress.clear() }
            var (moved, known, last) = (0, 0, EmailAddress?.none)
            while true {
                let page = try await source.users(matching: nil, after: last, limit: 200)
                for user in page {
                    if let there = try await target.user(user.id) {
                        guard there == user else {
                            throw AccountCommands.Stopped(
                                "\(user.email) is in \(to.rawValue) already, and differs; delete one of the two, then repeat this command")
                        }
                        known += 1
                    } else {
                        do {
                            try await target.add(user)
                        } catch UserConflict.emailTaken {
                            throw AccountCommands.Stopped(
                                "\(to.rawValue) has another account with the address \(user.email); delete it there, then repeat this command")
                        }
                        guard try await target.user(user.id) == user else {
                            throw AccountCommands.Stopped("\(user.email) did not arrive in \(to.rawValue) as it was; nothing else was done")
                        }
                        moved += 1
                    }
                    progress.show("Moving accounts: \(moved + known)")
                }
                last = page.last?.email
                if page.count < 200 { break }
            }
            progress.clear()
            Environment.write("Moved \(moved) accounts to \(to.rawValue)\(known > 0 ? "; \(known) were there already" : ""), all verified\n")
            Environment.write("Start the servers with ACCOUNT_STORE=\(to.rawValue) now\n")
        }
    }
}

extension Role: ExpressibleByArgument {}
extension AccountStoreChoice: ExpressibleByArgument {}
