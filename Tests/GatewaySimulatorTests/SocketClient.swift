import Crypto
import Foundation
import JSON

/// A client of the gateway's WebSocket, written by hand.
final class SocketClient {
    enum Message: Equatable {
        case json(JSONValue)
        case text(String)
        case pong([UInt8])
        case close(Int, String)
        /// Anything else, its first byte.
        case broken(UInt8)
        case end
    }

    let connection: ByteConnection
    let head: String
    private(set) var events: [JSONValue] = []
    private var count = 0

    init(port: Int, headers: [String: String] = [:]) async throws {
        connection = try await ByteConnection(port: port)
        var text = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        text += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        try await connection.send(text + "\r\n")
        head = try await connection.take(through: "\r\n\r\n")
    }

    func next() async throws -> Message {
        let frame = try await connection.take { bytes in
            guard bytes.count >= 2 else { return nil }
            let (start, length) = Self.size(bytes)
            return length.flatMap { bytes.count >= start + $0 ? start + $0 : nil }
        }
        guard let frame else { return .end }
        let payload = Array(frame[Self.size(frame).start...])
        switch frame[0] {
        case 0x81: return (try? JSONValue(parsing: payload)).map { .json($0) } ?? .text(String(decoding: payload, as: UTF8.self))
        case 0x88: return .close(Int(payload[0]) << 8 | Int(payload[1]), String(decoding: payload.dropFirst(2), as: UTF8.self))
        case 0x8A: return .pong(payload)
        default: return .broken(frame[0])
        }
    }

    private static func size(_ bytes: [UInt8]) -> (start: Int, length: Int?) {
        switch bytes[1] & 0x7F {
        case 126: (4, bytes.count < 4 ? nil : Int(bytes[2]) << 8 | Int(bytes[3]))
        case 127: (10, bytes.count < 10 ? nil : bytes[2..<10].reduce(0) { $0 << 8 | Int($1) })
        case let length: (2, Int(length))
        }
    }

    func send(_ value: JSONValue) async throws { try await send(0x81, value.bytes) }

    func send(_ opcode: UInt8, _ payload: [UInt8]) async throws {
        let count = payload.count
        let size: [UInt8] = count < 126 ? [0x80 | UInt8(count)] : [0xFE, UInt8(count >> 8), UInt8(count & 0xFF)]
        try await connection.send([opcode] + size + [0, 0, 0, 0] + payload)
    }

    /// Asks, keeps the events that come before the answer, and returns it.
    func call(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        count += 1
        let id = JSONValue.string("\(count)")
        try await send(["type": "req", "id": id, "method": .string(method), "params": params])
        while true {
            guard case .json(let frame) = try await next() else { throw ByteConnection.Problem(waiting: connection.text) }
            if frame["type"] == "res", frame["id"] == id { return frame }
            events.append(frame)
        }
    }

    /// The next event of that name; what comes before it is lost.
    func event(_ name: String) async throws -> JSONValue {
        while true {
            let frame: JSONValue
            if events.isEmpty {
                guard case .json(let found) = try await next() else { throw ByteConnection.Problem(waiting: connection.text) }
                frame = found
            } else {
                frame = events.removeFirst()
            }
            if frame["event"]?.string == name { return frame["payload"] ?? .null }
        }
    }

    /// Introduces itself as the gateway's own programs do.
    ///
    /// - Parameter change: of the parameters, before they are sent.
    func connect(
        token: String? = "secret", device: ExampleDevice? = nil, scopes: [String] = ["operator.read", "operator.write"],
        change: (inout [String: JSONValue]) -> Void = { _ in }
    ) async throws -> JSONValue {
        let challenge = try await event("connect.challenge")
        var params: [String: JSONValue] = [
            "minProtocol": 4, "maxProtocol": 4, "role": "operator", "scopes": .array(scopes.map { .string($0) }), "caps": [],
            "client": ["id": "gateway-client", "version": "1.0", "platform": " Linux", "mode": "backend"],
            "auth": token.map { ["token": .string($0)] } ?? [:],
        ]
        if let device { params["device"] = try device.proof(challenge: challenge, params: .object(params)) }
        change(&params)
        return try await call("connect", .object(params))
    }
}

/// A device with a key of its own.
struct ExampleDevice {
    let key = Curve25519.Signing.PrivateKey()
    var version = "v3"

    var id: String { SHA256.hash(data: key.publicKey.rawRepresentation).map { String(format: "%02x", $0) }.joined() }

    func proof(challenge: JSONValue, params: JSONValue) throws -> JSONValue {
        let nonce = challenge["nonce"]?.string ?? ""
        let time = challenge["ts"]?.int ?? 0
        let auth = params["auth"]
        var fields = [
            version, id, "gateway-client", "backend", "operator", (params["scopes"]?.array ?? []).compactMap(\.string).joined(separator: ","),
            "\(time)",
            auth?["token"]?.string ?? auth?["deviceToken"]?.string ?? "", nonce,
        ]
        if version == "v3" { fields += ["linux", ""] }
        let signature = try key.signature(for: Data(fields.joined(separator: "|").utf8))
        return [
            "id": .string(id), "publicKey": .string(Self.base64(key.publicKey.rawRepresentation)), "signature": .string(Self.base64(signature)),
            "signedAt": .integer(time), "nonce": .string(nonce),
        ]
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_").replacingOccurrences(
            of: "=", with: "")
    }
}
