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
}
