import JSON
import NIOCore

/// `GET /sessions/{key}/history`, as JSON and as a stream.
struct SessionHistory {
    let core: SimulatorCore
    let exchange: Exchange

    /// - Parameter key: as it stands in the path.
    func answer(_ key: Substring) {
        guard let key = SimulatorRequest.decoded(key), let session = core.world.session(key) else {
            return exchange.json(404, ["ok": false, "error": ["type": "not_found", "message": "Session not found"]])
        }
        guard let limit = exchange.request.query("limit").map({ Int($0) }) ?? 1_000, (1...1_000).contains(limit) else {
            return exchange.json(400, ["ok": false, "error": ["type": "invalid_request", "message": "limit must be from 1 to 1000"]])
        }
        let before = exchange.request.query("cursor").flatMap { Int($0) } ?? session.messages.count + 1
        let end = min(max(before - 1, 0), session.messages.count)
        let first = max(end - limit, 0)
        var members: [String: JSONValue] = [
            "sessionKey": .string(key), "messages": .array((first..<end).map { session.json(session.messages[$0], number: $0 + 1) }),
            "hasMore": .bool(first > 0),
        ]
        if first > 0 { members["nextCursor"] = .string("\(first + 1)") }
        let wantsStream = exchange.request.header("accept")?.contains("text/event-stream") == true
        guard wantsStream else { return exchange.json(200, .object(members)) }
        follow(key, snapshot: .object(members), known: session.messages.count)
    }

    private func follow(_ key: String, snapshot: JSONValue, known: Int) {
        let stream = EventStream(exchange, core: core)
        stream.begin()
        stream.comment("retry: 1000")
        stream.send(snapshot, event: "history")
        var known = known
        let core = core
        let loop = exchange.loop.assumeIsolated()
        let exchange = exchange
        var beat = NIODeadline.now() + .seconds(15)
        func look() {
            guard !exchange.isGone else { return }
            if let session = core.world.session(key) {
                // It may have been emptied.
                known = min(known, session.messages.count)
                while known < session.messages.count {
                    known += 1
                    let message = session.json(session.messages[known - 1], number: known)
                    stream.send(
                        [
                            "sessionKey": .string(key), "message": message, "messageId": message["__openclaw"]?["id"] ?? .null,
                            "messageSeq": .integer(known),
                        ], event: "message")
                }
            }
            if NIODeadline.now() >= beat {
                beat = .now() + .seconds(15)
                stream.comment(": keepalive")
            }
            loop.scheduleTask(in: .milliseconds(100)) { look() }
        }
        look()
    }
}
