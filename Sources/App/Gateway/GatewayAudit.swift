import Foundation
import Gateway
import Identity
import Logging
import ServiceLifecycle
import Synchronization

/// Writes down each call of the gateway: who, what, with which result, how long; never what was said.
///
/// Calls wait for no store: rows are written several at once, a fifth of a second after the first of them. What a store
/// does not take is tried again; of more than 10,000 rows the newest are lost, and the log says how many.
final class GatewayAudit: Service {
    private struct Row {
        /// The same however often it is written: what is there already is not written twice.
        let id: UUID
        let call: GatewayCallRecord
        /// Since 1970.
        let milliseconds: Int
    }

    /// What is said of a call but who made it and when.
    private struct Result: Equatable {
        private let milliseconds: Int
        private let status: Int
        private let route: String
        private let problem: GatewayProblem.Kind?

        init(of call: GatewayCallRecord) {
            milliseconds = Int(call.duration / .milliseconds(1))
            (status, route, problem) = (call.status, call.route, call.problem)
        }

        var details: [String: String] {
            var details = ["route": route, "status": String(status), "milliseconds": String(milliseconds)]
            details["problem"] = problem?.rawValue
            return details
        }
    }

    private struct State {
        var rows: [Row] = []
        var lost = 0
        var isFinished = false
    }

    private static let limit = 10_000
    private static let knownResults = 32
    private static let pause = Duration.milliseconds(200)

    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let log: any AuditLog
    private let ids = TimeOrderedIDs(seed: .random(in: .min ... .max))
    private let now: @Sendable () -> Date
    private let logger: Logger

    init(_ log: any AuditLog, now: @escaping @Sendable () -> Date, _ logger: Logger) {
        self.log = log
        self.now = now
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func record(_ call: GatewayCallRecord) {
        let milliseconds = Int(now().timeIntervalSince1970 * 1_000)
        let row = Row(id: ids.next(at: milliseconds), call: call, milliseconds: milliseconds)
        let isFirst = state.withLock { state in
            guard state.rows.count < Self.limit else {
                state.lost += 1
                return false
            }
            state.rows.append(row)
            return state.rows.count == 1
        }
        if isFirst { wake.yield() }
    }

    /// Writes until the server stops, and then once more what has come.
    func run() async {
        await withGracefulShutdownHandler {
            for await _ in wakes {
                repeat {
                    // `try?`: it ends early only where the server is cut off, and then writes at once.
                    if !state.withLock({ $0.isFinished }) { try? await Task.sleep(for: Self.pause) }
                } while await !write() && !state.withLock { $0.isFinished }
            }
            _ = await write()
        } onGracefulShutdown: {
            self.state.withLock { $0.isFinished = true }
            self.wake.finish()
        }
    }

    /// - Returns: whether nothing is left.
    private func write() async -> Bool {
        let (rows, lost) = state.withLock { state in
            defer { (state.rows, state.lost) = ([], 0) }
            return (state.rows, state.lost)
        }
        if lost > 0 { logger.error("\(lost) calls of the gateway are not in the audit trail: its store is too slow or away") }
        guard !rows.isEmpty else { return true }
        do {
            try await log.append(events(rows))
            return state.withLock { $0.rows.isEmpty }
        } catch {
            logger.warning("Calls of the gateway are not in the audit trail yet", metadata: ["reason": "\(error)", "calls": "\(rows.count)"])
            state.withLock { state in
                let room = max(0, Self.limit - state.rows.count)
                state.lost += max(0, rows.count - room)
                state.rows.insert(contentsOf: rows.prefix(room), at: 0)
            }
            // The store says by itself when it is back; asking five times in a second would not help it.
            // `try?`: as above.
            try? await Task.sleep(for: .seconds(state.withLock { $0.isFinished } ? 0 : 2))
            return false
        }
    }

    /// Made when they are written: whoever waits for an answer does not wait for that.
    private func events(_ rows: [Row]) -> [AuditEvent] {
        var person: (text: String, id: UUID?) = ("", nil)
        // Many calls of a fifth of a second went the same way.
        var known: [(result: Result, details: [String: String])] = []
        return rows.map { row in
            let call = row.call
            if call.callerID != person.text { person = (call.callerID, UUID(uuidString: call.callerID)) }
            let result = Result(of: call)
            let details: [String: String]
            if let same = known.first(where: { $0.result == result }) {
                details = same.details
            } else {
                details = result.details
                if known.count < Self.knownResults { known.append((result, details)) }
            }
            return AuditEvent(
                id: row.id, at: Date(timeIntervalSince1970: Double(row.milliseconds) / 1_000), action: .gatewayCalled,
                outcome: call.status < 400 || call.status == 499 ? .done : .refused, actor: person.id, requestID: call.requestID,
                details: details)
        }
    }
}
