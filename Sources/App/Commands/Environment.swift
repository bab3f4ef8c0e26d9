import ArgumentParser
import Configuration
import Foundation

/// The process around a command: its settings, its terminal, its exit codes.
enum Environment {
    /// EX_CONFIG of sysexits.h: the configuration stops the program.
    static let wrongConfiguration = ExitCode(78)

    /// Settings from the environment, or the end of the program with what is wrong.
    static func settings() throws -> ServerSettings {
        do {
            return try ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider()))
        } catch {
            throw complain("\(error)", exit: wrongConfiguration)
        }
    }

    /// Writes each line to standard error, and gives the exit code back to be thrown.
    static func complain(_ message: String, exit code: ExitCode) -> ExitCode {
        for line in message.split(separator: "\n") { writeError("landing: \(Style.red.on("error", .standardError)): \(line)\n") }
        return code
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func writeError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Colour, on terminals only, and never against the wish of `NO_COLOR`.
enum Style: String {
    case red = "31"
    case yellow = "33"
    case green = "32"
    case bold = "1"
    case quiet = "2"

    enum Stream: Int32 { case standardOutput = 1, standardError = 2 }

    func on(_ text: String, _ stream: Stream = .standardOutput) -> String {
        guard isatty(stream.rawValue) == 1, ProcessInfo.processInfo.environment["NO_COLOR"] == nil else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
