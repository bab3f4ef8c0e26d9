import ArgumentParser
import Dispatch
import Foundation
import GatewaySimulator
import NIOCore

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway-simulator",
        abstract: "A simulator of OpenClaw's gateway, to try programs with: no agent, no model and no channel is real.",
        discussion: """
            Speaks HTTP and WebSocket (protocol 4) on one port, as the gateway does. The token is read from GATEWAY_AUTH_TOKEN \
            where neither --token nor --token-file is given; without one, everybody may do everything. Messages with the words \
            slow, fail, list, code or link are answered accordingly. SIGTERM and SIGINT end it.

            FAULTS
            \(FaultOption.list)
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port: UInt16 = 18789

    @Option(help: "The shared secret; others on this machine may see it in the list of programs.")
    var token: String?

    @Option(help: "A file with the shared secret.")
    var tokenFile: String?

    @Option(help: ArgumentHelp("Between two words of an answer.", valueName: "time"))
    var wordPause = DurationOption(argument: "40ms")!

    @Option(help: ArgumentHelp("How long usage.cost takes.", valueName: "time"))
    var usageCostTime = DurationOption(argument: "2s")!

    @Option(help: ArgumentHelp("Between two things that happen by themselves; 0s: nothing happens.", valueName: "time"))
    var happening = DurationOption(argument: "10s")!

    @Option(help: ArgumentHelp("An origin whose pages may open sockets; may be repeated.", valueName: "origin"))
    var allowedOrigin: [String] = []

    @Flag(help: "Never lock out programs on this machine, as the gateway does not.")
    var loopbackExempt = false

    @Option(help: ArgumentHelp("How long wrong tokens lock out.", valueName: "time"))
    var lockOut = DurationOption(argument: "5m")!

    @Option(name: .long, help: ArgumentHelp("What is to be wrong (see above); may be repeated.", valueName: "name[=value]"))
    var fault: [FaultOption] = []

    func validate() throws {
        if token != nil, tokenFile != nil { throw ValidationError("--token and --token-file say the same: give one of them.") }
        if token?.isEmpty == true { throw ValidationError("The token is empty: leave --token out to run without one.") }
    }

    func run() async throws {
        var configuration = GatewaySimulator.Configuration()
        configuration.host = host
        configuration.port = Int(port)
        configuration.token = try secret()
        configuration.wordPause = wordPause.duration
        configuration.usageCostTime = usageCostTime.duration
        configuration.happening = happening.duration == .zero ? nil : happening.duration
        configuration.allowedOrigins = Set(allowedOrigin)
        configuration.isLoopbackExempt = loopbackExempt
        configuration.lockOut = lockOut.duration
        configuration.now = { Int(Date().timeIntervalSince1970 * 1_000) }
        for fault in fault { fault.apply(&configuration.faults) }

        let (ends, sources) = Self.signals([SIGTERM, SIGINT])
        let simulator: GatewaySimulator
        do {
            simulator = try await GatewaySimulator.start(configuration)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Self.complain("port \(port) on \(host) is in use", remedy: "End the program that listens there, or choose another with --port.")
        } catch let error as IOError where error.errnoCode == EACCES {
            throw Self.complain("port \(port) is not yours to listen on", remedy: "Choose one above 1023 with --port.")
        } catch {
            throw Self.complain("cannot listen on \(host):\(port): \(error)", remedy: "Check --host and --port.")
        }
        let guarded = configuration.token == nil ? "without a token" : "with a token"
        Terminal.say("Gateway simulator on \(simulator.url) (\(guarded)); nothing behind it is real.", as: .good)
        for await _ in ends { break }
        for source in sources { source.cancel() }
        await simulator.stop()
    }

    private func secret() throws -> String? {
        guard let tokenFile else {
            if let token { return token }
            return ProcessInfo.processInfo.environment["GATEWAY_AUTH_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        }
        let text: String
        do {
            text = try String(contentsOfFile: tokenFile, encoding: .utf8)
        } catch {
            throw Self.complain("cannot read \(tokenFile)", remedy: "Check that --token-file names a file of text that this user may read.")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw Self.complain("\(tokenFile) is empty", remedy: "Write the token into it.") }
        return secret
    }

    private static func complain(_ cause: String, remedy: String) -> ExitCode {
        Terminal.say("gateway-simulator: \(cause).", as: .bad)
        Terminal.say(remedy, as: .plain)
        return .failure
    }

    /// One element for each of these that arrives from now on; they do nothing else any more. The sources are to be cancelled.
    private static func signals(_ numbers: [Int32]) -> (AsyncStream<Int32>, [any DispatchSourceSignal]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        return (stream, sources)
    }
}
