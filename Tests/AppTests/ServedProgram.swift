import Foundation
import Synchronization
import TestSupport

/// The built program while it serves, for tests that do something to the process itself. Ends with its owner.
final class ServedProgram: Sendable {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    private let process: Process
    private let output: Output

    /// - Parameter isGuarded: what may not be written by its permissions is not written, by root neither.
    init(_ environment: [String: String], isGuarded: Bool = false) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // A limit on the size of files is then an error of a call, as it is on a disk that is full.
        process.arguments = ["-c", "trap '' XFSZ; exec \"$@\"", "sh"] + (isGuarded ? Self.guardWords : []) + [Repository.program, "serve"]
        process.currentDirectoryURL = URL(fileURLWithPath: Repository.path)
        process.environment = ["PATH": "/usr/bin:/bin", "HOSTNAME": "a-container", "PORT": "0"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Output()
        process.standardOutput = output.pipe(\.printed)
        process.standardError = output.pipe(\.logged)
        try process.run()
        self.process = process
        self.output = output
        let started = try await eventually(within: .seconds(60)) { output.port != nil || !process.isRunning }
        guard started != nil, let port = output.port else {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            throw Problem(description: "exit code \(process.terminationStatus): \(output.logged)")
        }
        self.port = port
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// What whoever started it sees.
    var printed: String { output.printed }

    var logged: String { output.logged }

    /// Ends it in good order; its exit code.
    func stop() -> Int32 {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Lets no file be written beyond so many bytes; `nil` lifts the limit.
    func limitFiles(to bytes: Int?) throws {
        try Tool.run("/usr/bin/prlimit", "--pid", "\(process.processIdentifier)", "--fsize=\(bytes.map(String.init) ?? "unlimited"):unlimited")
    }

    /// Root without the power to pass over permissions.
    private static var guardWords: [String] { geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [] }

    private final class Output: Sendable {
        struct Texts {
            var printed = ""
            var logged = ""
        }

        private let texts = Mutex(Texts())

        var printed: String { texts.withLock { $0.printed } }
        var logged: String { texts.withLock { $0.logged } }
        var port: Int? { printed.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\S* \(/).flatMap { Int($0.output.1) } }

        func pipe(_ part: any WritableKeyPath<Texts, String> & Sendable) -> Pipe {
            let pipe = Pipe()
            pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil }
                self?.texts.withLock { $0[keyPath: part] += String(decoding: data, as: UTF8.self) }
            }
            return pipe
        }
    }
}

/// Programs of the system.
enum Tool {
    static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ServedProgram.Problem(description: "\(program) \(arguments.joined(separator: " ")): exit code \(process.terminationStatus)")
        }
    }
}
