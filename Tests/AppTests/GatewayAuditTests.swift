import Foundation
import Gateway
import Identity
import Logging
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct GatewayAuditTests {
    /// A store that fails in the middle, once.
    private final class FailingLog: AuditLog {
        private struct Failure: Error {}

        private let state = Mutex((events: [AuditEvent](), attempts: 0))

        var events: [AuditEvent] { state.withLock { $0.events } }

        func append(_ event: AuditEvent) async throws {
            try state.withLock { state in
                state.attempts += 1
                if state.attempts == 3 { throw Failure() }
                // An id that is there already changes nothing.
                if !state.events.contains(where: { $0.id == event.id }) { state.events.append(event) }
            }
        }

        func events(_ query: AuditQuery) async throws -> [AuditEvent] { events }
    }

    @Test func `rows that are written again are the same rows`() async throws {
        let log = FailingLog()
        let audit = GatewayAudit(log, now: { Date() }, .silent)
        let person = UUID()
        for number in 0..<5 {
            audit.record(
                GatewayCallRecord(
                    callerID: person.uuidString, requestID: "\(number)", route: "GET v1/models", status: 200, problem: nil,
                    duration: .microseconds(1_900)))
        }
        let running = Task { await audit.run() }
        #expect(try await eventually(within: .seconds(10)) { log.events.count >= 5 } != nil)
        running.cancel()
        await running.value
        #expect(log.events.map(\.requestID) == (0..<5).map { "\($0)" })
        #expect(log.events.allSatisfy { $0.actor == person && $0.details["milliseconds"] == "1" && $0.action == .gatewayCalled })
        // In the order of their time, as tables like it.
        let times = log.events.map { $0.id.uuidString.prefix(13) }
        #expect(times == times.sorted())
        #expect(log.events.allSatisfy { $0.id.uuidString.dropFirst(14).first == "7" })
    }
}
