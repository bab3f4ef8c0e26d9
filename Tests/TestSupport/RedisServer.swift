import Foundation
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A Redis server of one's own on a free port of this machine, which keeps nothing and goes away with its owner.
public final class RedisServer: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let folder: TemporaryFolder
    private let options: [String]
    private let encryption: TestCertificate?
    private let process = Mutex<Process?>(nil)

    /// Where the program is; `nil` where Redis is not installed.
    public static let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// - Parameters:
    ///   - options: of the command line, such as `--maxmemory 4mb`, each word by itself.
    ///   - isEncrypted: speaks TLS with ``certificate``.
    ///   - names: of the certificate.
    public init(
        password: String? = nil, isEncrypted: Bool = false, names: String = "DNS:localhost,IP:127.0.0.1", options: [String] = []
    ) async throws {
        folder = try TemporaryFolder()
        port = try await Self.freePort()
        self.options = options
        encryption = isEncrypted ? try await TestCertificate(names) : nil
        try await start(password: password)
    }

    deinit { stop() }

    /// A file in PEM, made for this server and signed by itself.
    public var certificate: String { encryption?.certificate ?? "" }

    /// For a client of this server. What stands in `user` and `password` is not encoded.
    public func url(user: String = "", password: String? = nil, host: String = "127.0.0.1", database: Int = 0) -> String {
        "\(encryption != nil ? "rediss" : "redis")://\(password.map { "\(user):\($0)@" } ?? "")\(host):\(port)/\(database)"
    }

    /// Ends it as a power failure does.
    public func kill() { stop() }

    /// Lets it live and do nothing: it accepts connections and answers nobody.
    public func pause() { signal(SIGSTOP) }

    public func resume() { signal(SIGCONT) }

    /// Starts it on the same port after ``kill()``, or ends it first.
    public func restart(password: String? = nil) async throws {
        stop()
        try await start(password: password)
    }

    private func signal(_ number: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            send(number, to: process)
        }
    }

    private func stop() {
        let process = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let process, process.isRunning else { return }
        send(SIGKILL, to: process)
        process.waitUntilExit()
    }

    private func start(password: String?) async throws {
        guard let program = Self.program else { throw Problem(description: "redis-server is not installed") }
        var arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.path, "--logfile", "\(folder.path)/log"]
        if let encryption {
            arguments += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-ca-cert-file", encryption.certificate]
            arguments += ["--tls-cert-file", encryption.certificate, "--tls-key-file", encryption.key]
        } else {
            arguments += ["--port", "\(port)"]
        }
        if let password { arguments += ["--requirepass", password] }
        let process = try Self.run(program, arguments + options)
        self.process.withLock { $0 = process }
        guard try await eventually(within: .seconds(20), { try await isListening() || !process.isRunning }) != nil, process.isRunning else {
            // The log is only for people.
            throw Problem(description: "redis-server does not start: \((try? folder.text("log")) ?? "without a word")")
        }
    }

    private func isListening() async throws -> Bool {
        // Whatever goes wrong, it is not there yet.
        guard let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port).get()
        else {
            return false
        }
        try await channel.close()
        return true
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw Problem(description: "no free port") }
        return port
    }
}

private func send(_ signal: Int32, to process: Process) { _ = kill(process.processIdentifier, signal) }
