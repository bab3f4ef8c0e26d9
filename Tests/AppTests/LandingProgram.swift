import Foundation
import TestSupport

/// The built program with an environment of its own.
struct LandingProgram {
    struct Ending {
        let status: Int32
        let output: String
        let errors: String
    }

    var environment: [String: String] = [:]

    /// Runs a command to its end.
    func run(_ arguments: String...) throws -> Ending {
        let (process, output, errors) = make(arguments)
        try process.run()
        let written = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ending(
            status: process.terminationStatus, output: String(decoding: written, as: UTF8.self), errors: String(decoding: complained, as: UTF8.self))
    }

    /// Serves until `test` is done; gives the exit status after SIGTERM, or after the signal that ends it instead.
    func serve(_ arguments: String..., endsWith signal: Int32 = SIGTERM, test: (Int) async throws -> Void) async throws -> Int32 {
        let (process, output, _) = make(["serve"] + arguments)
        process.environment?["PORT"] = "0"
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap({ Int($0.output.1) }) else {
            throw NotServing(line: line)
        }
        try await test(port)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    struct NotServing: Error {
        let line: String
    }

    private func make(_ arguments: [String]) -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Repository.program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: Repository.path)
        process.environment = ["PATH": "/usr/bin:/bin", "HOSTNAME": "a-container"].merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        return (process, output, errors)
    }
}
