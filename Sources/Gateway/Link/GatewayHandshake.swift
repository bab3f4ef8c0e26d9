import JSON
import NIOCore

/// The way from the gateway's challenge over `connect` to its `hello-ok`.
struct GatewayHandshake {
    enum Step {
        /// Nothing to do for this message.
        case waiting
        /// The challenge, with the gateway's time in milliseconds, and what answers it.
        case challenged(time: Int, answer: ByteBuffer)
        case greeted(GatewayGreeting)
        case refused(GatewayProblem, GatewayFailure?)
    }

    private let credentials: GatewayCredentials
    private let requestID: String
    private var hasAnswered = false

    init(_ credentials: GatewayCredentials, requestID: String) {
        self.credentials = credentials
        self.requestID = requestID
    }

    mutating func receive(_ text: ByteBuffer) -> Step {
        let head: FrameHead
        do {
            head = try FrameHead(text)
        } catch {
            return .refused(GatewayProblem(.answerBroken, "Its first words are no JSON."), nil)
        }
        switch GatewayFrame(head, text) {
        case .event(let event) where event.name == "connect.challenge" && !hasAnswered: return answer(event.payload)
        case .answer(requestID, let payload) where hasAnswered: return greet(payload)
        case .failure(requestID, let failure): return .refused(.connecting(failure), failure)
        case nil: return .refused(GatewayProblem(.notOpenClaw, "What answers does not speak the gateway's protocol."), nil)
        default: return .waiting
        }
    }

    private mutating func answer(_ challenge: JSONValue) -> Step {
        guard let nonce = challenge["nonce"]?.string, let time = challenge["ts"]?.int else {
            return .refused(GatewayProblem(.answerBroken, "Its challenge cannot be read."), nil)
        }
        hasAnswered = true
        let parameters = credentials.parameters(nonce: nonce, time: time)
        return .challenged(time: time, answer: GatewayFrame.request(id: requestID, method: "connect", params: parameters).text)
    }

    private func greet(_ payload: JSONValue) -> Step {
        let greeting = GatewayGreeting(payload: payload)
        guard payload["protocol"]?.int == GatewayFrame.version else {
            return .refused(GatewayProblem(.tooOld, "It speaks version \(payload["protocol"]?.int.map { "\($0)" } ?? "?")."), nil)
        }
        guard !greeting.scopes.isEmpty else { return .refused(GatewayProblem(.scopeMissing, "It allows nothing at all."), nil) }
        return .greeted(greeting)
    }
}
