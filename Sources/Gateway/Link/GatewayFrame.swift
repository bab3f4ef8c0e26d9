import JSON
import NIOCore

/// A message of the protocol, version 4.
enum GatewayFrame: Sendable, Equatable {
    case request(id: String, method: String, params: JSONValue)
    case answer(id: String, payload: JSONValue)
    case failure(id: String, GatewayFailure)
    case event(GatewayEvent)

    /// The version that is spoken; there is no other.
    static let version = 4

    /// - Returns: `nil` for anything else.
    init?(_ head: FrameHead, _ text: ByteBuffer) {
        switch head.type {
        case "req":
            guard let id = head.id, let method = head.method else { return nil }
            self = .request(id: id, method: method, params: text.value(at: head.params) ?? [:])
        case "res":
            guard let id = head.id, let isOK = head.isOK else { return nil }
            self =
                isOK
                ? .answer(id: id, payload: text.value(at: head.payload) ?? .null)
                : .failure(id: id, GatewayFailure(text.value(at: head.error) ?? .null))
        case "event":
            guard let name = head.event else { return nil }
            self = .event(GatewayEvent(name: name, payload: text.value(at: head.payload) ?? .null, sequence: head.sequence))
        default: return nil
        }
    }

    var text: ByteBuffer {
        let value: JSONValue =
            switch self {
            case .request(let id, let method, let params):
                ["type": "req", "id": .string(id), "method": .string(method), "params": params]
            case .answer(let id, let payload): ["type": "res", "id": .string(id), "ok": true, "payload": payload]
            case .failure(let id, let failure): ["type": "res", "id": .string(id), "ok": false, "error": failure.value]
            case .event(let event): ["type": "event", "event": .string(event.name), "payload": event.payload]
            }
        return ByteBuffer(bytes: value.bytes)
    }
}
