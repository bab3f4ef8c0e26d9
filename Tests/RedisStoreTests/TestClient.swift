import Logging
import NIOCore
import NIOPosix
import RedisStore
import Synchronization

/// A client for one test, and what it told.
struct TestClient {
    let client: RedisClient
    let log: RecordedLog
    let outcomes: RecordedOutcomes

    /// Runs `test` with a started client, and ends it.
    static func run(
        _ url: String, limits: RedisLimits = RedisLimits(), isReady: Bool = true, test: (TestClient) async throws -> Void
    ) async throws {
        let log = RecordedLog()
        let outcomes = RecordedOutcomes()
        let client = try RedisClient(
            url: RedisURL(url), group: MultiThreadedEventLoopGroup.singleton, limits: limits,
            logger: Logger(label: "redis", factory: { _ in log }),
            now: { ContinuousClock.now }, jitter: { Double.random(in: 0..<1) }, onCommand: { outcomes.add($0) })
        client.start()
        do {
            if isReady { try await client.waitUntilReady(within: .seconds(5)) }
            try await test(TestClient(client: client, log: log, outcomes: outcomes))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    func set(_ key: String, _ value: String) async throws { _ = try await client.send(RedisCommand("SET", .text(key), .text(value))) }

    func get(_ key: String) async throws -> String? { try await client.send(RedisCommand("GET", .text(key))).string }

    /// The error of one PING, and how long it took.
    func failure() async -> (error: RedisError?, time: Duration) {
        let start = ContinuousClock.now
        do {
            _ = try await client.send(RedisCommand("PING"))
            return (nil, ContinuousClock.now - start)
        } catch {
            return (error, ContinuousClock.now - start)
        }
    }

    var reason: String {
        if case .unavailable(let reason, _) = client.state { reason } else { "" }
    }
}

final class RecordedOutcomes: Sendable {
    private let outcomes = Mutex<[RedisOutcome]>([])

    func add(_ outcome: RedisOutcome) { outcomes.withLock { $0.append(outcome) } }

    var all: [RedisOutcome] { outcomes.withLock { $0 } }
}

extension TestClient {
    /// How many connections with a wrong password the server at `url` sees within that time.
    static func attempts(_ url: String, within time: Duration) async throws -> Int {
        var attempts = 0
        try await run(url) { test async throws in
            func failures() async throws -> Int {
                let text = try await test.client.send(RedisCommand("INFO", "errorstats")).string ?? ""
                return text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("errorstat_WRONGPASS:count=") }
                    .flatMap { Int($0.split(separator: "=")[1]) } ?? 0
            }
            let before = try await failures()
            try await Task.sleep(for: time)
            attempts = try await failures() - before
        }
        return attempts
    }
}
