import ArgumentParser
import Foundation
import SQLiteStore
import Site

/// `landing messages`
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "Shows what came in through the contact form, the newest first.")

    @Option(help: "How many to show.")
    var limit = 20

    @Option(help: "How to write them: text or json.")
    var format = ReportFormat.text

    func run() async throws {
        let settings = try Environment.settings()
        let path = "\(settings.data)/landing.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Environment.complain(
                "\(path): there is no database yet; start the server once, or set LANDING_DATA", exit: Environment.wrongConfiguration)
        }
        let messages: [ContactMessage]
        do {
            messages = try await SQLiteContactMessageStore(SQLiteDatabase(path: path)).messages(limit: limit)
        } catch {
            throw Environment.complain("\(path): \(error)", exit: .failure)
        }
        switch format {
        case .text:
            if messages.isEmpty { Environment.writeError("No messages yet\n") }
            for message in messages { Environment.write(Self.text(message)) }
        case .json: Environment.write(try ReportFormat.json(messages.map(Entry.init)))
        }
    }

    private struct Entry: Encodable {
        let id: UUID
        let receivedAt: Date
        let name: String
        let email: String
        let message: String

        init(_ message: ContactMessage) {
            id = message.id
            receivedAt = message.receivedAt
            name = message.name
            email = message.email
            self.message = message.message
        }
    }

    private static func text(_ message: ContactMessage) -> String {
        let head =
            "\(Style.bold.on(TerminalText.visible(message.name))) <\(TerminalText.visible(message.email))>  \(Style.quiet.on(message.receivedAt.formatted(.iso8601)))"
        let body = message.message.split(separator: "\n", omittingEmptySubsequences: false).map { "  \(TerminalText.visible($0))" }.joined(
            separator: "\n")
        return "\(head)\n\(body)\n\n"
    }
}
