import Foundation
import Gateway
import Identity
import Logging
import ServiceLifecycle

/// Writes down each call of the gateway: who, what, with which result, how long; never what was said.
///
/// Calls wait for no store. Of more than 10,000 rows that a store has not taken, the newest are lost, and the log says so.
final class GatewayAudit: Service {
    private let rows: AsyncStream<AuditEvent>
    private let input: AsyncStream<AuditEvent>.Continuation
    private let log: any AuditLog
    private let logger: Logger

    init(_ log: any AuditLog, _ logger: Logger) {
        self.log = log
        self.logger = logger
        (rows, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(10_000))
    }

    func record(_ call: GatewayCallRecord) {
        var details = [
            "route": call.route, "status": "\(call.status)", "milliseconds": "\(call.duration / .milliseconds(1))".prefix { $0 != "." }.description,
        ]
        details["problem"] = call.problem?.rawValue
        let person = UUID(uuidString: call.callerID)
        let row = AuditEvent(
            id: UUID(), at: Date(timeIntervalSince1970: (Date().timeIntervalSince1970 * 1_000).rounded(.down) / 1_000), action: .gatewayCalled,
            outcome: call.status < 400 || call.status == 499 ? .done : .refused, actor: person, requestID: call.requestID,
            details: details)
        if case .dropped = input.yield(row) { logger.error("A call of the gateway is not in the audit trail: its store is too slow or away") }
    }

    /// Writes until the server stops, and then what has come.
    func run() async {
        await withGracefulShutdownHandler {
            await write()
        } onGracefulShutdown: {
            self.input.finish()
        }
    }

    private func write() async {
        for await row in rows {
            do {
                try await log.append(row)
            } catch {
                logger.error("A call of the gateway is not in the audit trail", metadata: ["reason": "\(error)"])
            }
        }
    }
}
