import GatewaySimulator
import JSON
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SimulatorHTTPTests {
    @Test func `probes have the documented shapes and need no token`() async throws {
        try await GatewaySimulator.run { simulator in
            let health = try await simulator.get("/health", ["X-Forwarded-For": "203.0.113.7"])
            #expect(health.status == 200)
            #expect(health.body == #"{"ok":true,"status":"live"}"#)
            #expect(health.header("Cache-Control") == "no-store")
            #expect(try await simulator.get("/startup", [:]).json?["status"] == "started")
            #expect(try await simulator.get("/ready", [:]).json?["uptimeMs"] != nil)
            #expect(try await simulator.get("/ready", ["X-Real-IP": "203.0.113.7"]).body == #"{"ready":true}"#)
            let post = try await HTTPExchange.send("POST", "/health", port: simulator.port)
            #expect(post.status == 405)
            #expect(post.header("Allow") == "GET, HEAD")
            #expect(post.header("Content-Type")?.hasPrefix("text/plain") == true)
        }
    }

    @Test(arguments: ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-anything", "X-Real-IP"])
    func `a request that a proxy has forwarded is refused`(header: String) async throws {
        try await GatewaySimulator.run { simulator in
            let refused = try await simulator.get("/v1/models", ["Authorization": "Bearer secret", header: "for=203.0.113.7"])
            #expect(refused.status == 403)
            #expect(refused.json?["error"]?["type"] == "proxy_attribution_required")
            #expect(try await simulator.get("/v1/models", ["Authorization": "Bearer secret", "CF-Connecting-IP": "203.0.113.7"]).status == 200)
            let socket = try await SocketClient(port: simulator.port, headers: [header: "for=203.0.113.7"])
            #expect(socket.head.hasPrefix("HTTP/1.1 403"))
        }
    }

    @Test func `ten wrong tokens lock the right one out, a missing one is not counted`() async throws {
        try await GatewaySimulator.run { simulator in
            for _ in 1...12 { #expect(try await simulator.get("/v1/models", [:]).status == 401) }
            for _ in 1...10 {
                let refused = try await simulator.post("/tools/invoke", [:], token: "wrong")
                #expect(refused.status == 401)
                #expect(refused.body == #"{"error":{"message":"Unauthorized","type":"unauthorized"}}"#)
            }
            let locked = try await simulator.get("/v1/models")
            #expect(locked.status == 429)
            #expect(locked.json?["error"]?["type"] == "rate_limited")
            #expect(locked.header("Retry-After").flatMap { Int($0) }.map { (290...300).contains($0) } == true)
            #expect(try await simulator.get("/health", [:]).status == 200)
            let socket = try await SocketClient(port: simulator.port)
            #expect(try await socket.connect().code == "AUTH_RATE_LIMITED")
        }
    }

    @Test func `a lock-out ends, and this machine may be exempt from it`() async throws {
        try await GatewaySimulator.run({ $0.lockOut = .milliseconds(50) }) { simulator in
            for _ in 1...10 { _ = try await simulator.get("/v1/models", ["Authorization": "Bearer wrong"]) }
            #expect(try await eventually { try await simulator.get("/v1/models").status == 200 } != nil)
        }
        try await GatewaySimulator.run({ $0.isLoopbackExempt = true }) { simulator in
            for _ in 1...11 { _ = try await simulator.get("/v1/models", ["Authorization": "Bearer wrong"]) }
            #expect(try await simulator.get("/v1/models").status == 200)
        }
    }

    @Test func `unknown addresses are the Control UI's, and say that it is a simulator`() async throws {
        try await GatewaySimulator.run { simulator in
            let page = try await simulator.get("/no/such/thing", [:])
            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.body.contains("simulator"))
            #expect(page.header("Server") == "gateway-simulator")
            #expect(try await simulator.post("/no/such/thing", [:]).status == 404)
            simulator.faults.restAPIEnabled = false
            simulator.faults.rpcEnabled = false
            #expect(try await simulator.get("/v1/models").header("Content-Type") == "text/html; charset=utf-8")
            #expect(try await simulator.post("/v1/chat/completions", .chat("hello")).status == 404)
            #expect(try await simulator.post("/api/v1/admin/rpc", ["method": "health"]).status == 404)
        }
    }

    @Test func `models are agents`() async throws {
        try await GatewaySimulator.run { simulator in
            let ids = try await simulator.get("/v1/models").json?["data"]?.array.compactMap { $0["id"]?.string }
            #expect(ids == ["openclaw", "openclaw/default", "openclaw/main", "openclaw/scribe", "openclaw/lookout", "openclaw/ledger"])
            #expect(try await simulator.get("/v1/models/openclaw%2Fscribe").json?["id"] == "openclaw/scribe")
            #expect(try await simulator.get("/v1/models/openclaw%2Fnobody").status == 404)
            #expect(try await HTTPExchange.send("DELETE", "/v1/models", port: simulator.port).header("Allow") == "GET")
        }
    }

    @Test func `a stream begins with a role, has words and an ending`() async throws {
        try await GatewaySimulator.run { simulator in
            var body = JSONValue.chat("the link, please").object
            body["stream_options"] = ["include_usage": true]
            let answer = try await simulator.post("/v1/chat/completions", .object(body))
            #expect(answer.header("Content-Type") == "text/event-stream; charset=utf-8")
            #expect(answer.header("Cache-Control") == "no-cache")
            let events = answer.body.components("data: ")
            let first = try JSONValue(parsing: try #require(events.first).utf8)
            #expect(first["choices"]?.array.first?["delta"]?["role"] == "assistant")
            #expect(events.count == 9)
            #expect(answer.body.contains(#""content":"manual ""#))
            #expect(answer.body.contains(#""finish_reason":"stop""#))
            #expect(answer.body.contains(#""total_tokens""#))
            #expect(answer.body.contains("data: [DONE]\n\n"))
        }
    }

    @Test func `an answer as JSON is whole, and a conversation with a name is kept`() async throws {
        try await GatewaySimulator.run { simulator in
            var body = JSONValue.chat("the link, please", stream: false).object
            body["user"] = "conversation-1"
            let answer = try await simulator.post("/v1/chat/completions", .object(body)).json
            #expect(answer?["object"] == "chat.completion")
            #expect(answer?["choices"]?.array.first?["message"]?["content"]?.string?.contains("docs.openclaw.ai") == true)
            let history = try await simulator.get("/sessions/agent%3Amain%3Aopenai-user%3Aconversation-1/history?limit=1").json
            #expect(history?["messages"]?.array.first?["role"] == "assistant")
            #expect(history?["hasMore"] == true)
            #expect(try await simulator.get("/sessions/nobody/history").json?["error"]?["type"] == "not_found")
        }
    }

    @Test(
        arguments: [
            ["messages": []], ["model": "gpt-4", "messages": [["role": "user", "content": "a"]]],
            ["model": "openclaw/nobody", "messages": [["role": "user", "content": "a"]]],
            ["temperature": 3, "messages": [["role": "user", "content": "a"]]], ["stream": "yes", "messages": [["role": "user", "content": "a"]]], [],
        ] as [JSONValue])
    func `a body that asks for nothing sensible is refused`(body: JSONValue) async throws {
        try await GatewaySimulator.run { simulator in
            let refused = try await simulator.post("/v1/chat/completions", body)
            #expect(refused.status == 400)
            #expect(refused.json?["error"]?["type"] == "invalid_request_error")
        }
    }

    @Test(arguments: [true, false])
    func `a caller that goes away ends the answer`(isStream: Bool) async throws {
        try await GatewaySimulator.run { simulator in
            let body = JSONValue.chat("slow", stream: isStream).text
            let connection = try await ByteConnection(port: simulator.port)
            try await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            if isStream { try await connection.take(through: "assistant") }
            #expect(try await eventually { simulator.runs == 1 } != nil)
            try await connection.close()
            #expect(try await eventually { simulator.runs == 0 } != nil)
            #expect(simulator.seen.last?.wasAborted == true)
        }
    }

    @Test func `an answer that fails says so in the stream`() async throws {
        try await GatewaySimulator.run { simulator in
            let answer = try await simulator.post("/v1/chat/completions", .chat("fail"))
            #expect(answer.status == 200)
            #expect(answer.body.contains(#"data: {"error":{"message":"the model provider closed the connection","type":"api_error"}}"#))
            #expect(answer.body.contains("data: [DONE]\n\n"))
            #expect(try await simulator.post("/v1/chat/completions", .chat("fail", stream: false)).status == 500)
        }
    }

    @Test func `responses are typed events`() async throws {
        try await GatewaySimulator.run { simulator in
            let answer = try await simulator.post("/v1/responses", ["model": "openclaw", "input": "link", "stream": true])
            let names = answer.body.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("event: ") }.map { $0.dropFirst(7) }
            #expect(names.first == "response.created")
            #expect(names.last == "response.completed")
            #expect(names.contains("response.output_text.delta"))
            #expect(try await simulator.post("/v1/responses", ["input": "link"]).json?["status"] == "completed")
        }
    }

    @Test func `tools and methods have their lists`() async throws {
        try await GatewaySimulator.run { simulator in
            let list = try await simulator.post("/tools/invoke", ["tool": "sessions_list"]).json
            #expect(list?["result"]?["details"]?["count"] == 5)
            #expect(try await simulator.post("/tools/invoke", ["tool": "exec"]).status == 404)
            let health = try await simulator.post("/api/v1/admin/rpc", ["id": "7", "method": "health"]).json
            #expect(health?["id"] == "7")
            #expect(health?["payload"]?["ok"] == true)
            for method in ["sessions.list", "chat.send", "system-presence", "nothing"] {
                let refused = try await simulator.post("/api/v1/admin/rpc", ["method": .string(method)])
                #expect(refused.status == 400)
                #expect(refused.json?["error"]?["code"] == "INVALID_REQUEST")
            }
            #expect(try await simulator.post("/api/v1/admin/rpc", ["method": "config.get"]).status == 503)
            #expect(try await simulator.post("/api/v1/admin/rpc", ["method": "channels.start", "params": ["channel": "discord"]]).status == 409)
        }
    }

    @Test func `what was asked is remembered as it came`() async throws {
        try await GatewaySimulator.run { simulator in
            _ = try await simulator.post("/v1/chat/completions?a=b", .chat("list", stream: false))
            let seen = try #require(simulator.seen.last)
            #expect(seen.method == "POST")
            #expect(seen.path == "/v1/chat/completions?a=b")
            #expect(seen.values(of: "authorization") == ["Bearer secret"])
            #expect(seen.body == JSONValue.chat("list", stream: false).bytes)
            #expect(!seen.wasAborted)
            #expect(!seen.isUpgrade)
        }
    }

    @Test func `a connection serves one request after the other, and waits for the next no longer than it should`() async throws {
        try await GatewaySimulator.run({ $0.keepAliveTime = .milliseconds(50) }) { simulator in
            let connection = try await ByteConnection(port: simulator.port)
            try await connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n")
            for _ in 1...2 { try await connection.take(through: #""live"}"#) }
            #expect(try await eventually { connection.isOver } != nil)
        }
    }
}

extension String {
    /// Split by a text, without empty parts.
    func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        parts.append(String(rest))
        return parts.map { $0.trimmed }.filter { $0.hasPrefix("{") || $0.hasPrefix("[") }
    }

    private var trimmed: String {
        var text = self[...]
        // The chunks of the transfer stand between the events.
        if let end = text.firstRange(of: "\n\n") { text = text[..<end.lowerBound] }
        return String(text)
    }
}
