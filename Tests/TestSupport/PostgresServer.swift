import Foundation
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A PostgreSQL server of one's own on a free port of this machine, which goes away with its owner, and at the latest with the process.
public final class PostgresServer: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    public static let user = "landing"

    public let port: Int
    /// Not encoded.
    public let password: String
    private let folder: TemporaryFolder
    private let isDurable: Bool
    private let process = Mutex<Process?>(nil)
    private let guardian: Mutex<(process: Process, line: Pipe)?>

    /// The folder of the programs, of the newest version that is there; `nil` where PostgreSQL is not installed.
    public static let programs: String? = {
        let root = "/usr/lib/postgresql"
        // Without the folder there is nothing in it.
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted {
            $0.compare($1, options: .numeric) == .orderedDescending
        }
        let folders = versions.map { "\(root)/\($0)/bin" } + ["/opt/homebrew/opt/postgresql/bin", "/usr/local/bin"]
        return folders.first { folder in
            ["initdb", "postgres", "psql"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
    }()

    /// - Parameters:
    ///   - password: of ``user``, which may do everything.
    ///   - isDurable: keeps what was committed through ``kill()``; slower.
    public init(password: String = "landing", isDurable: Bool = false) async throws {
        guard let programs = Self.programs else { throw Problem(description: "PostgreSQL is not installed") }
        folder = try TemporaryFolder(["password": password, "log": ""])
        port = try await Self.freePort()
        self.password = password
        self.isDurable = isDurable
        guardian = Mutex(nil)
        try Self.giveToServer(folder.path)
        try Self.giveToServer("\(folder.path)/password")
        try await initialize(programs)
        try startGuardian()
        try await start()
    }

    deinit { stop() }

    /// Makes the folder of an empty server.
    private func initialize(_ programs: String) async throws {
        let setup = try run(
            "\(programs)/initdb",
            [
                "-D", data, "-U", Self.user, "--pwfile=\(folder.path)/password", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8",
                // Sorts as people do, so that an order by bytes does not come about by chance.
                "--locale-provider=icu", "--icu-locale=und",
            ])
        guard try await eventually(within: .seconds(60), { !setup.isRunning }) != nil, setup.terminationStatus == 0 else {
            throw Problem(description: "initdb fails: \(log)")
        }
    }

    /// For a client of this server; encoded where it must be.
    public func uri(database: String = "postgres", user: String = PostgresServer.user, password: String? = nil) -> String {
        "postgres://\(Self.encoded(user)):\(Self.encoded(password ?? self.password))@127.0.0.1:\(port)/\(Self.encoded(database))"
    }

    public var uri: String { uri() }

    /// Where its socket is.
    public var socketFolder: String { folder.path }

    /// A new and empty database; its URI.
    public func makeDatabase() async throws -> String {
        let name = "test_\(UUID().uuidString.lowercased())"
        try await Self.execute("CREATE DATABASE \"\(name)\"", at: uri)
        return uri(database: name)
    }

    /// Ends it as a power failure of the program does.
    public func kill() {
        let server = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let server, server.isRunning else { return }
        let all = ids()
        for id in all { send(SIGKILL, to: id) }
        server.waitUntilExit()
        // What is gone but not yet buried by its parent does no harm; then the wait ends by itself.
        for _ in 0..<400 where all.contains(where: Self.isAlive) { usleep(5_000) }
    }

    /// Lets it live and do nothing: it accepts connections and answers nobody.
    public func pause() {
        // The parent first: then there are no children that nobody saw.
        if let parent { send(SIGSTOP, to: parent) }
        for id in ids() { send(SIGSTOP, to: id) }
    }

    public func resume() { for id in ids().reversed() { send(SIGCONT, to: id) } }

    /// Starts it on the same port after ``kill()``, or ends it in good order first.
    public func restart() async throws {
        stop()
        try await start()
    }

    /// Ends it, and starts one that is empty on the same port.
    public func replaceByEmpty() async throws {
        guard let programs = Self.programs else { throw Problem(description: "PostgreSQL is not installed") }
        stop()
        try FileManager.default.moveItem(atPath: data, toPath: "\(folder.path)/kept")
        try await initialize(programs)
        try await start()
    }

    /// Ends the one of ``replaceByEmpty()``, and starts the one that was there before.
    public func putBack() async throws {
        stop()
        try FileManager.default.removeItem(atPath: data)
        try FileManager.default.moveItem(atPath: "\(folder.path)/kept", toPath: data)
        try await start()
    }

    /// Does `sql`, one statement.
    public func execute(_ sql: String) async throws { try await Self.execute(sql, at: uri) }

    private var data: String { "\(folder.path)/data" }

    /// Only for people.
    private var log: String { (try? folder.text("log")) ?? "without a word" }

    /// The process that starts the others; `nil` where there is none.
    private var parent: pid_t? { status.first.flatMap { pid_t($0) } }

    /// What the server says of itself: its id in the first line, whether it is ready in the eighth.
    private var status: [String] {
        // Without the file there is no server.
        ((try? folder.text("data/postmaster.pid")) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The parent and its children.
    private func ids() -> [pid_t] {
        guard let parent else { return [] }
        return [parent] + Self.children(of: parent)
    }

    private func stop() {
        let server = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let server, server.isRunning else { return }
        resume()
        // At once, but so that nothing is left in shared memory.
        if let parent { send(SIGQUIT, to: parent) }
        for _ in 0..<1_000 where server.isRunning { usleep(5_000) }
        if server.isRunning, let parent { send(SIGKILL, to: parent) }
        server.waitUntilExit()
    }

    private func start() async throws {
        guard let programs = Self.programs else { throw Problem(description: "PostgreSQL is not installed") }
        // A name of a process that lives no more may be another's by now.
        try? folder.remove("data/postmaster.pid")
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder.path)", "max_connections=200", "shared_buffers=32MB",
            "fsync=\(isDurable ? "on" : "off")", "dynamic_shared_memory_type=mmap", "logging_collector=off",
        ]
        let server = try run("\(programs)/postgres", ["-D", data] + settings.flatMap { ["-c", $0] })
        process.withLock { $0 = server }
        let isReady = try await eventually(within: .seconds(60)) {
            // Read once: it is being written.
            let status = status
            return status.count > 7 && status[7].hasPrefix("ready") || !server.isRunning
        }
        guard isReady != nil, server.isRunning else { throw Problem(description: "postgres does not start: \(log)") }
    }

    /// Somebody who ends the server when this process is gone, however it went.
    private func startGuardian() throws {
        let line = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            trap '' INT TERM HUP
            read -r nothing
            if id=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null); then kill -CONT "$id"; kill -QUIT "$id"; sleep 1; fi 2>/dev/null
            rm -rf "$0"
            """, folder.path,
        ]
        process.standardInput = line
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guardian.withLock { $0 = (process, line) }
    }

    /// PostgreSQL does not run as root.
    private static let isRoot = geteuid() == 0

    private static func giveToServer(_ path: String) throws {
        guard isRoot else { return }
        try FileManager.default.setAttributes([.ownerAccountName: "postgres", .groupOwnerAccountName: "postgres"], ofItemAtPath: path)
    }

    /// A program of the server, as the user that may run it; what it says goes to the log.
    private func run(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.isRoot ? "/usr/bin/setpriv" : program)
        process.arguments = (Self.isRoot ? ["--reuid=postgres", "--regid=postgres", "--init-groups", program] : []) + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        let log = FileHandle(forWritingAtPath: "\(folder.path)/log") ?? .nullDevice
        // A handle that does not seek is the null device's.
        _ = try? log.seekToEnd()
        process.standardOutput = log
        process.standardError = log
        try process.run()
        return process
    }

    /// Has a server do `sql`.
    static func execute(_ sql: String, at uri: String) async throws {
        guard let programs else { throw Problem(description: "psql is not installed") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(programs)/psql")
        process.arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", uri, "-c", sql]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard try await eventually(within: .seconds(30), { !process.isRunning }) != nil, process.terminationStatus == 0 else {
            throw Problem(description: "psql cannot do: \(sql)")
        }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? text
    }

    private static func children(of parent: pid_t) -> [pid_t] {
        // Linux alone has the folder; elsewhere only the parent is stopped.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { id in
            // It may have ended meanwhile.
            let line = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
            // Behind the name, which may hold anything, stand the state and the parent.
            return line.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) } == parent
        }
    }

    private static func isAlive(_ id: pid_t) -> Bool { send(0, to: id) }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw Problem(description: "no free port") }
        return port
    }
}

/// By a name that ``PostgresServer/kill()`` does not hide; whether there was such a process.
@discardableResult
private func send(_ signal: Int32, to id: pid_t) -> Bool { kill(id, signal) == 0 }
