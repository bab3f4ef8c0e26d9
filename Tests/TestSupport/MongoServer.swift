import CMongoC
import Foundation
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A MongoDB server of one's own on a free port of this machine, which goes away with its owner.
public final class MongoServer: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    /// The name of the set whose one member it is.
    public let replicaSet: String?
    private let account: (user: String, password: String)?
    private let folder: TemporaryFolder
    private let options: [String]
    private let process = Mutex<Process?>(nil)

    /// Where the program is: `LANDING_MONGOD`, one on the path, or what `.ci/mongod` has put beside the sources;
    /// `nil` where there is none.
    public static let program: String? = {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/mongod" }
        let candidates = [environment["LANDING_MONGOD"]].compactMap(\.self) + folders + ["\(Repository.path)/.build-mongod/mongod"]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// - Parameters:
    ///   - replicaSet: makes it the only member of a set of this name.
    ///   - user: whoever asks must be this account, which may do everything and is kept in `admin`.
    ///   - options: of the command line, each word by itself. By default, MongoDB removes nothing by itself.
    public init(
        replicaSet: String? = nil, user: String? = nil, password: String? = nil, options: [String] = ["--setParameter", "ttlMonitorEnabled=false"]
    ) async throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/data", withIntermediateDirectories: false)
        port = try await Self.freePort()
        self.replicaSet = replicaSet
        self.options = options
        if let user, let password { account = (user, password) } else { account = nil }
        try await start(isGuarded: false)
        if let replicaSet { try await initiate(replicaSet) }
        if let account {
            let names = #""createUser": \#(Self.json(account.user)), "pwd": \#(Self.json(account.password)), "roles": ["root"]"#
            // It is ended at once, as a power failure does.
            try await Self.command(#"{\#(names), "writeConcern": {"w": "majority", "j": true}}"#, in: "admin", at: openURI)
            stop()
            try await start(isGuarded: true)
            if replicaSet != nil { try await waitUntilPrimary() }
        }
    }

    deinit { stop() }

    /// For a client of this server, with the account if it has one. What stands in `user` and `password` is encoded.
    public func uri(database: String = "landing") -> String {
        uri(database: database, user: account.map { Self.encoded($0.user) }, password: account.map { Self.encoded($0.password) })
    }

    /// The same with credentials as they are.
    public func uri(database: String = "landing", user: String?, password: String?) -> String {
        let credentials = user.map { "\($0)\(password.map { ":\($0)" } ?? "")@" } ?? ""
        let options = [replicaSet.map { "replicaSet=\($0)" }, user.map { _ in "authSource=admin" }].compactMap(\.self)
        return "mongodb://\(credentials)127.0.0.1:\(port)/\(database)\(options.isEmpty ? "" : "?" + options.joined(separator: "&"))"
    }

    /// Runs a command, written in MongoDB's extended JSON, and returns the answer in it.
    @discardableResult
    public func command(_ json: String, in database: String) async throws -> String {
        try await Self.command(json, in: database, at: uri(database: database))
    }

    /// Ends it as a power failure does.
    public func kill() { stop() }

    /// Lets it live and do nothing: it accepts connections and answers nobody.
    public func pause() { signal(SIGSTOP) }

    public func resume() { signal(SIGCONT) }

    /// Starts it on the same port after ``kill()``, or ends it first. What was acknowledged is there.
    public func restart() async throws {
        stop()
        try await start(isGuarded: account != nil)
        if replicaSet != nil { try await waitUntilPrimary() }
    }

    /// Ends what `replSetStepDown` has begun, for the only member of a set.
    public func standForElection() async throws {
        try await Self.command(#"{"replSetFreeze": 0}"#, in: "admin", at: openURI)
        try await waitUntilPrimary()
    }

    /// Ends it, and starts one that is empty on the same port.
    public func replaceByEmpty() async throws {
        stop()
        try FileManager.default.moveItem(atPath: "\(folder.path)/data", toPath: "\(folder.path)/kept")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/data", withIntermediateDirectories: false)
        try await start(isGuarded: false)
    }

    /// Ends the one of ``replaceByEmpty()``, and starts the one that was there before.
    public func putBack() async throws {
        stop()
        try FileManager.default.removeItem(atPath: "\(folder.path)/data")
        try FileManager.default.moveItem(atPath: "\(folder.path)/kept", toPath: "\(folder.path)/data")
        try await start(isGuarded: account != nil)
    }

    /// Also removes its files, where it has no owner that goes away.
    func end() {
        stop()
        // Left behind, they are the system's to clean up.
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    private var openURI: String { "mongodb://127.0.0.1:\(port)/" }

    private func initiate(_ name: String) async throws {
        try await Self.command(
            #"{"replSetInitiate": {"_id": "\#(name)", "members": [{"_id": 0, "host": "127.0.0.1:\#(port)"}]}}"#, in: "admin", at: openURI)
        try await waitUntilPrimary()
    }

    private func waitUntilPrimary() async throws {
        let isPrimary = try await eventually(within: .seconds(30)) {
            // While it elects itself, it may refuse to say.
            let answer = try? await Self.command(#"{"hello": 1}"#, in: "admin", at: openURI)
            return answer?.contains(#""isWritablePrimary" : true"#) == true
        }
        guard isPrimary != nil else { throw Problem(description: "mongod does not become the primary of its set") }
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

    private func start(isGuarded: Bool) async throws {
        guard let program = Self.program else { throw Problem(description: "mongod is missing; .ci/mongod gets it") }
        var arguments = [
            "--bind_ip", "127.0.0.1", "--port", "\(port)", "--dbpath", "\(folder.path)/data", "--logpath", "\(folder.path)/log", "--nounixsocket",
        ]
        arguments += ["--wiredTigerCacheSizeGB", "0.25", "--setParameter", "diagnosticDataCollectionEnabled=false"] + options
        if let replicaSet { arguments += ["--replSet", replicaSet] }
        if isGuarded {
            arguments.append("--auth")
            if replicaSet != nil { arguments += ["--keyFile", try keyFile()] }
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process.withLock { $0 = process }
        guard try await eventually(within: .seconds(30), { try await isListening() || !process.isRunning }) != nil, process.isRunning else {
            // The log is only for people.
            throw Problem(description: "mongod does not start: \((try? folder.text("log"))?.suffix(2_000) ?? "without a word")")
        }
    }

    /// What members of a guarded set show each other.
    private func keyFile() throws -> String {
        try folder.write("key", "landingtests")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder.path)/key")
        return "\(folder.path)/key"
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

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw Problem(description: "no free port") }
        return port
    }

    private static func json(_ text: String) -> String { String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self) }

    private static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text }

    /// Waits on a thread of its own.
    @discardableResult
    static func command(_ json: String, in database: String, at uri: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try blockingCommand(json, in: database, at: uri) }) }
        }
    }

    private static func blockingCommand(_ json: String, in database: String, at uri: String) throws -> String {
        mongoc_init()
        var error = bson_error_t()
        func problem() -> Problem {
            Problem(description: withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        guard let client = mongoc_client_new(uri) else { throw Problem(description: "libmongoc refuses the URI") }
        defer { mongoc_client_destroy(client) }
        guard let command = bson_new_from_json(json, -1, &error) else { throw problem() }
        defer { bson_destroy(command) }
        // As large and aligned as a bson_t, which is never allocated by whoever fills it.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
        let reply = OpaquePointer(memory)
        bson_init(reply)
        defer {
            bson_destroy(reply)
            memory.deallocate()
        }
        guard mongoc_client_command_simple(client, database, command, nil, reply, &error) else { throw problem() }
        guard let text = bson_as_relaxed_extended_json(reply, nil) else { return "" }
        defer { bson_free(text) }
        return String(cString: text)
    }
}

/// The server that suites share, and a database in it for one test.
public struct MongoTestDatabase: Sendable {
    public let name: String
    /// With the name of the database.
    public let uri: String

    /// The server of `MONGODB_URI` where that is set, else one for this process.
    public init() async throws {
        name = "landing-test-\(UUID().uuidString.lowercased())"
        if let given = ProcessInfo.processInfo.environment["MONGODB_URI"], !given.isEmpty {
            uri = try Self.uri(given, database: name)
        } else {
            uri = try await Self.server.value.uri(database: name)
        }
    }

    /// Whether there can be one.
    public static var isAvailable: Bool {
        MongoServer.program != nil || ProcessInfo.processInfo.environment["MONGODB_URI"].map { !$0.isEmpty } == true
    }

    /// Runs a command, written in MongoDB's extended JSON, and returns the answer in it.
    @discardableResult
    public func command(_ json: String) async throws -> String { try await MongoServer.command(json, in: name, at: uri) }

    /// Removes it, from somebody else's server too.
    public func drop() async throws { try await command(#"{"dropDatabase": 1}"#) }

    private static let running = Mutex<MongoServer?>(nil)

    private static let server = Task {
        let server = try await MongoServer()
        running.withLock { $0 = server }
        // Nothing static is ever freed.
        atexit { MongoTestDatabase.running.withLock { $0 }?.end() }
        return server
    }

    private static func uri(_ given: String, database: String) throws -> String {
        guard var components = URLComponents(string: given) else { throw MongoServer.Problem(description: "MONGODB_URI is no URI") }
        let before = components.path.dropFirst()
        components.path = "/\(database)"
        // The account stays where it is.
        if components.user != nil, components.queryItems?.contains(where: { $0.name.lowercased() == "authsource" }) != true {
            components.queryItems =
                (components.queryItems ?? []) + [URLQueryItem(name: "authSource", value: before.isEmpty ? "admin" : String(before))]
        }
        return components.string ?? given
    }
}

private func send(_ signal: Int32, to process: Process) { _ = kill(process.processIdentifier, signal) }
