import ArgumentParser
import Foundation
import Logging
import Site

/// `landing serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the site until it is told to stop (the default).",
        discussion: """
            Settings come from the environment:

            \(settingsText)

            Exit codes: 0 after SIGTERM or SIGINT, 78 for a setting, folder or template that cannot be used, 1 for anything else.
            """)

    @Flag(name: .customLong("dev"), help: "Show drafts and problems on the pages, and reload open pages when a file is saved.")
    var isDevelopment = false

    func run() async throws { try await Self.serve(isDevelopment: isDevelopment) }

    static func serve(isDevelopment: Bool) async throws {
        signal(SIGPIPE, SIG_IGN)
        HeapTrimmer.limitArenas()
        // Before any library is loaded that not every command loads.
        _ = Program.name
        let settings = try Environment.settings()
        let logger = settings.log.logger(label: "landing")
        let server = Server(settings: settings, isDevelopment: isDevelopment, logger: logger, now: { Date() }) { address, site in
            let errors = site.diagnostics.count { $0.severity == .error }
            let warnings = site.diagnostics.count - errors
            Environment.write(
                "Landing serves \(site.pages.count) pages on \(Style.bold.on(address)) (\(errors) errors, \(warnings) warnings in the notes)\n")
        } onFirstStart: { link in
            Environment.write("Nobody can administer the site yet. Make your account, within a day: \(Style.bold.on(link))\n")
        }
        do {
            try await server.run()
        } catch let problem as StartProblem {
            throw Environment.complain(problem.description, exit: Environment.wrongConfiguration)
        }
    }

    private static var settingsText: String {
        let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
        return SettingKey.allCases.map { key in
            let name = key.rawValue + String(repeating: " ", count: width - key.rawValue.count)
            return "  \(name)  \(key.meaning) (default \(key.defaultText))"
        }.joined(separator: "\n")
    }
}
