import JSON
import NIOCore

/// `GET /v1/models`: the agents, as models.
struct Models {
    let core: SimulatorCore
    let exchange: Exchange

    static let ids = ["openclaw", "openclaw/default"] + ExampleAgent.all.map { "openclaw/\($0.id)" }

    /// - Parameter id: as it stands in the path.
    func answer(_ id: Substring?) {
        if let id {
            guard let name = SimulatorRequest.decoded(id), Self.ids.contains(name) else {
                return exchange.json(404, ["error": ["message": "Model not found", "type": "invalid_request_error"]])
            }
            return exchange.json(200, Self.json(name))
        }
        if let bytes = core.faults.largeAnswerBytes { return fill(bytes) }
        exchange.json(200, ["object": "list", "data": .array(Self.ids.map(Self.json))])
    }

    private static func json(_ id: String) -> JSONValue {
        ["id": .string(id), "object": "model", "created": 0, "owned_by": "openclaw", "permission": []]
    }

    /// Valid JSON, most of it one long text.
    private func fill(_ total: Int) {
        let start = Array(#"{"object":"list","data":[],"padding":""#.utf8)
        let end = Array(#""}"#.utf8)
        var left = max(total - start.count - end.count, 0)
        exchange.begin(200, [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", "\(start.count + left + end.count)")])
        exchange.write(start)
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10)
        let exchange = exchange
        func pour() {
            while left > 0, exchange.isWritable, !exchange.isGone {
                let count = min(left, chunk.readableBytes)
                left -= count
                // What is written may call back at once; nothing may be left to do behind it then.
                exchange.write(chunk.getSlice(at: 0, length: count) ?? chunk)
            }
            if left == 0 {
                left = -1
                exchange.onWritable = nil
                exchange.write(end)
                exchange.end()
            }
        }
        exchange.onWritable = { pour() }
        pour()
    }
}
