import JSON
import Synchronization

/// Tells all sockets of one answer to `chat.send`.
final class ChatTelling: Sendable {
    private let core: SimulatorCore
    private let runID: String
    private let sessionKey: String
    private let agentID: String

    private struct Told {
        var count = 0
        /// A fault has ended it; what comes is nobody's any more.
        var isOver = false
    }
    private let told = Mutex(Told())

    init(core: SimulatorCore, runID: String, sessionKey: String, agentID: String) {
        self.core = core
        self.runID = runID
        self.sessionKey = sessionKey
        self.agentID = agentID
    }

    func begin(_ message: String) {
        core.beginRun(sessionKey: sessionKey, runID: runID, message: message)
        publishLifecycle("start")
    }

    func tell(_ event: SimulatedRun.Event) {
        switch event {
        case .word(let word, let text):
            let sent = told.withLock(\.count)
            let faults = core.faults
            if faults.hangsAfterEvents.map({ sent >= $0 }) == true { return }
            if faults.dropsAfterEvents.map({ sent >= $0 }) == true {
                core.hub.dropAll()
                return
            }
            if faults.errorAfterEvents.map({ sent >= $0 }) == true {
                fail("the model provider closed the connection", text: text)
                for run in core.runs.runs(of: sessionKey) where run.id == runID { run.abort() }
                return
            }
            publish("delta", ["deltaText": .string(word), "message": message(text)])
        case .finished(let text):
            if core.faults.hangsAfterEvents == nil { publish("final", ["message": message(text)]) }
            end(text, status: "done", phase: "end")
        case .aborted(let text):
            if !told.withLock(\.isOver) { publish("aborted", ["message": message(text), "stopReason": "rpc"]) }
            end(text, status: "killed", phase: "end")
        case .failed(let problem):
            fail(problem, text: "")
            end("", status: "failed", phase: "error")
        }
    }

    private func fail(_ problem: String, text: String) {
        told.withLock { $0.isOver = true }
        publish("error", ["errorMessage": .string(problem), "errorKind": "unknown"], evenIfOver: true)
    }

    private func end(_ text: String, status: String, phase: String) {
        core.runs.remove(runID)
        core.endRun(sessionKey: sessionKey, runID: runID, answer: text, status: status)
        publishLifecycle(phase)
    }

    private func message(_ text: String) -> JSONValue {
        ["role": "assistant", "content": [["type": "text", "text": .string(text)]], "timestamp": .integer(core.now)]
    }

    private func publish(_ state: String, _ members: [String: JSONValue], evenIfOver: Bool = false) {
        let number: Int? = told.withLock { told in
            guard !told.isOver || evenIfOver else { return nil }
            told.count += 1
            return told.count
        }
        guard let number else { return }
        let common: [String: JSONValue] = [
            "runId": .string(runID), "sessionKey": .string(sessionKey), "agentId": .string(agentID), "seq": .integer(number), "state": .string(state),
        ]
        core.hub.publish(SimulatorEvent("chat", .object(members.merging(common) { $1 })))
    }

    private func publishLifecycle(_ phase: String) {
        core.hub.publish(
            SimulatorEvent(
                "agent",
                [
                    "runId": .string(runID), "sessionKey": .string(sessionKey), "agentId": .string(agentID), "stream": "lifecycle",
                    "seq": .integer(phase == "start" ? 0 : told.withLock(\.count) + 1), "ts": .integer(core.now), "data": ["phase": .string(phase)],
                ]))
    }
}
