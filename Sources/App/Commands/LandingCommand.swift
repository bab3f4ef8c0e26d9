public import ArgumentParser

/// `landing` on the command line.
public struct LandingCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "landing",
        abstract: "Serves a folder of Markdown notes as a web site.",
        subcommands: [
            ServeCommand.self, CheckCommand.self, PlanCommand.self, ApplyCommand.self, WhyCommand.self, HealthcheckCommand.self, NewCommand.self,
            MessagesCommand.self, UserCommand.self, SessionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    public init() {}

    /// As `main()`. Without arguments, as it is started where it serves, there is nothing to parse, and to make the parser
    /// takes milliseconds of each start.
    public static func start() async {
        guard CommandLine.arguments.count == 1 else { return await main() }
        do {
            try await ServeCommand.serve(isDevelopment: false)
        } catch {
            exit(withError: error)
        }
    }
}
