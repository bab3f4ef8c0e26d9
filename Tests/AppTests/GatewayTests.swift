import Foundation
import GatewaySimulator
import TestSupport
import Testing

/// The program with a gateway behind it.
@Suite struct GatewayTests {
    private static let token = "a-token-that-only-the-site-knows"
    private static let password = "a long enough secret"

    /// A gateway, and a site that knows it with people of every role.
    private struct Stack {
        let gateway: GatewaySimulator
        let environment: [String: String]
        let port: Int

        func signIn(_ email: String, port: Int? = nil) async throws -> String {
            let answer = try await HTTPExchange.send(
                "POST", "/sign-in", port: port ?? self.port,
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"],
                body: "email=\(email)&password=\(GatewayTests.password)")
            let cookie = answer.header("Set-Cookie") ?? ""
            return String(try #require(cookie.firstMatch(of: /^session=([A-Za-z0-9_-]{43});/), "\(answer.text.prefix(500))").output.1)
        }

        func call(
            _ method: String, _ path: String, as session: String?, headers: [String: String] = [:], body: String = ""
        ) async throws -> HTTPExchange {
            var headers = headers
            headers["Cookie"] = session.map { "session=\($0)" }
            if method != "GET" { headers["Sec-Fetch-Site"] = "same-origin" }
            if !body.isEmpty { headers["Content-Type"] = "application/json" }
            return try await HTTPExchange.send(method, "/api/gateway/\(path)", port: port, headers: headers, body: body)
        }
    }

    private static func run(
        _ extra: [String: String] = [:], configuration: GatewaySimulator.Configuration? = nil, _ test: @Sendable (Stack) async throws -> Void
    ) async throws {
        let data = try TemporaryFolder()
        defer { withExtendedLifetime(data) {} }
        var simulation = configuration ?? GatewaySimulator.Configuration()
        simulation.token = token
        let gateway = try await GatewaySimulator.start(simulation)
        let environment = [
            "LANDING_DATA": data.path, "LANDING_ORIGIN": "http://agents.example", "GATEWAY_URL": gateway.url, "GATEWAY_AUTH_TOKEN": token,
        ].merging(extra) { $1 }
        for role in ["user", "admin"] { try create(environment, "\(role)@example.org", role) }
        let status = try await LandingProgram(environment: environment).serve { port in
            for role in ["user", "admin"] { try await choosePassword(environment, "\(role)@example.org", port) }
            try await test(Stack(gateway: gateway, environment: environment, port: port))
        }
        #expect(status == 0)
        await gateway.stop()
    }

    private static func create(_ environment: [String: String], _ email: String, _ role: String) throws {
        let made = try LandingProgram(environment: environment).run("user", "create", email, "--role", role)
        #expect(made.status == 0, "\(made.errors)")
    }

    private static func choosePassword(_ environment: [String: String], _ email: String, _ port: Int) async throws {
        let ending = try LandingProgram(environment: environment).run("user", "password", email)
        let link = try #require(ending.output.firstMatch(of: /\/reset\?token=([A-Za-z0-9_-]{43})/), "\(ending.errors)").output.1
        _ = try await HTTPExchange.send(
            "POST", "/reset", port: port, headers: ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"],
            body: "token=\(link)&password=\(password)")
    }

    private static func streamRequest(_ session: String, port: Int, message: String = "slow") -> String {
        let body = #"{"model":"openclaw","stream":true,"messages":[{"role":"user","content":"\#(message)"}]}"#
        return
            "POST /api/gateway/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: session=\(session)\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func socketRequest(_ session: String, port: Int) -> String {
        "GET /api/gateway/ws HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: session=\(session)\r\nOrigin: http://agents.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    }

    /// One text message in a masked frame; the mask is 0. Shorter than 126 bytes.
    private static func frame(_ text: String) -> [UInt8] { [0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8) }

    @Test func `a call goes through with the site's token and nothing of the browser's, for whoever may`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            let answer = try await stack.call(
                "GET", "v1/models", as: user,
                headers: [
                    "X-Forwarded-For": "1.2.3.4", "Forwarded": "for=1.2.3.4", "X-Real-IP": "1.2.3.4", "Origin": "http://agents.example",
                    "x-openclaw-scopes": "operator.admin", "Authorization": "Bearer browser",
                ])
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type")?.hasPrefix("application/json") == true)
            let seen = try #require(stack.gateway.seen.last { $0.path == "/v1/models" })
            #expect(seen.values(of: "Authorization") == ["Bearer \(Self.token)"])
            for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Origin", "Cookie", "x-openclaw-scopes"] {
                #expect(seen.values(of: name) == [], "\(name)")
            }
            #expect(!answer.text.contains(Self.token))
            let stranger = try await stack.call("GET", "v1/models", as: nil)
            #expect(stranger.status == 401)
            let forbidden = try await stack.call("POST", "tools/invoke", as: user, body: #"{"tool":"sessions_list"}"#)
            #expect(forbidden.status == 403 && forbidden.body.contains("gateway-role-needed"))
            let admin = try await stack.signIn("admin@example.org")
            let allowed = try await stack.call("POST", "tools/invoke", as: admin, body: #"{"tool":"sessions_list"}"#)
            #expect(allowed.status == 200, "\(allowed.text)")
            let unknown = try await stack.call("GET", "hooks/agent", as: admin)
            #expect(unknown.status == 404)
            let foreign = try await HTTPExchange.send(
                "POST", "/api/gateway/tools/invoke", port: stack.port,
                headers: ["Cookie": "session=\(admin)", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"], body: "{}")
            #expect(foreign.status == 403)
        }
    }

    @Test(arguments: ["", "Accept-Encoding: gzip\r\n"])
    func `calls on a kept connection say what others say, and tell the gateway no more`(_ fields: String) async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            let request =
                "GET /api/gateway/v1/models HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\nCookie: session=\(user)\r\nX-Forwarded-For: 1.2.3.4\r\nx-openclaw-scopes: operator.admin\r\nX-Request-Id: mine\r\n\(fields)"
            // The last one, which closes the connection, is the router's.
            let all = try await HTTPExchange.raw(
                String(repeating: request + "\r\n", count: 5) + request + "Connection: close\r\n\r\n", port: stack.port)
            let heads = String(decoding: Array(all.text.utf8), as: UTF8.self).split(separator: "HTTP/1.1 ").map { answer in
                Set(
                    (answer.firstRange(of: "\r\n\r\n").map { answer[..<$0.lowerBound] } ?? answer).split(separator: "\r\n").map { $0.lowercased() }
                        .filter { line in ["x-request-id:", "date:", "connection:"].allSatisfy { !line.hasPrefix($0) } })
            }
            #expect(heads.count == 6 && Set(heads).count == 1, "\(heads)")
            #expect(heads.first?.contains("content-encoding: gzip") == !fields.isEmpty)
            #expect(heads.first?.contains("cache-control: no-store") == true)
            let seen = stack.gateway.seen.filter { $0.path == "/v1/models" }
            #expect(seen.count == 6)
            for call in seen {
                #expect(call.values(of: "Authorization") == ["Bearer \(Self.token)"])
                #expect(call.values(of: "X-Request-Id") != ["mine"] && call.values(of: "X-Request-Id").count == 1)
                for name in ["X-Forwarded-For", "Cookie", "x-openclaw-scopes"] { #expect(call.values(of: name) == [], "\(name)") }
            }
            // Nobody's call goes no further, on such a connection neither.
            let stranger = try await HTTPExchange.raw(
                "GET /api/gateway/v1/models HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\n\r\nGET / HTTP/1.1\r\n\r\n", port: stack.port)
            #expect(stranger.status == 401)
            #expect(stack.gateway.seen.count { $0.path == "/v1/models" } == 6)
        }
    }

    @Test func `on a kept connection a session counts only while it lives, also where another program ended it`() async throws {
        try await Self.run { stack in
            let sessions = [try await stack.signIn("user@example.org"), try await stack.signIn("admin@example.org")]
            try await OpenConnection.run(port: stack.port) { connection in
                func call(_ session: String) async throws {
                    try await connection.send(
                        "GET /api/gateway/v1/models HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\nCookie: session=\(session)\r\n\r\n")
                }
                func answered() async -> Int { String(decoding: await connection.received, as: UTF8.self).ranges(of: "HTTP/1.1 200 OK").count }
                var calls = 0
                for session in [0, 0, 0, 1, 0, 0, 1, 1] {
                    try await call(sessions[session])
                    calls += 1
                    #expect(try await eventually { await answered() == calls } != nil, "call \(calls)")
                }
                let revoked = try LandingProgram(environment: stack.environment).run("session", "revoke", "user@example.org", "--all")
                #expect(revoked.status == 0, "\(revoked.errors)")
                try await call(sessions[0])
                try await connection.read(until: "HTTP/1.1 401")
                try await call(sessions[1])
                #expect(try await eventually { await answered() == calls + 1 } != nil)
            }
        }
    }

    /// What comes to a request by itself, and on a connection that is kept for another.
    private static func bothWays(_ head: String, port: Int) async throws -> [HTTPExchange] {
        let alone = try await HTTPExchange.raw("\(head)Connection: close\r\n\r\n", port: port)
        // What comes last ends the connection.
        let kept = try await HTTPExchange.raw("\(head)\r\nGET / HTTP/1.1\r\n\r\n", port: port)
        return [alone, kept]
    }

    @Test func `a method that a call does not have is refused with those that it has`() async throws {
        try await Self.run { stack in
            let admin = try await stack.signIn("admin@example.org")
            for (method, path, allowed) in [
                ("GET", "v1/chat/completions", "POST"), ("HEAD", "v1/chat/completions", "POST"), ("GET", "tools/invoke", "POST"),
                ("OPTIONS", "api/v1/admin/rpc", "POST"), ("POST", "v1/models", "GET, HEAD"), ("DELETE", "sessions/main/history", "GET, HEAD"),
                ("PUT", "health", "GET, HEAD"), ("POST", "ws", "GET, HEAD"),
            ] {
                let head =
                    "\(method) /api/gateway/\(path) HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\nCookie: session=\(admin)\r\nSec-Fetch-Site: same-origin\r\n"
                for answer in try await Self.bothWays(head, port: stack.port) {
                    #expect(answer.status == 405 && answer.header("Allow") == allowed, "\(method) \(path): \(answer.head)")
                    #expect(method == "HEAD" || path == "ws" || answer.body.contains("gateway-method-not-allowed"))
                }
            }
            #expect(stack.gateway.seen.allSatisfy { !["/v1/models", "/v1/chat/completions", "/tools/invoke"].contains($0.path) })
        }
    }

    @Test func `HEAD says what GET would, and nothing after it, of a stream neither`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            func head(_ method: String, _ path: String, _ fields: String = "") -> String {
                "\(method) /api/gateway/\(path) HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\nCookie: session=\(user)\r\n\(fields)"
            }
            func lines(_ answer: HTTPExchange) -> Set<String> {
                Set(answer.head.split(separator: "\r\n").map { $0.lowercased() }).filter { line in
                    ["x-request-id:", "date:", "connection:"].allSatisfy { !line.hasPrefix($0) }
                }
            }
            for path in ["v1/models", "health", "sessions/agent:main:main/history?limit=1"] {
                let get = try await Self.bothWays(head("GET", path), port: stack.port)
                let answers = try await Self.bothWays(head("HEAD", path), port: stack.port)
                #expect(Set((get + answers).map(lines)).count == 1, "\((get + answers).map(\.head))")
                #expect(answers[0].status == 200 && answers[0].bytes.isEmpty && answers[1].body.hasPrefix("HTTP/1.1 400"))
            }
            let stream = "sessions/agent:main:main/history"
            let accept = "Accept: text/event-stream\r\n"
            for answer in try await Self.bothWays(head("HEAD", stream, accept), port: stack.port) {
                #expect(answer.status == 200 && answer.header("Content-Type")?.hasPrefix("text/event-stream") == true, "\(answer.head)")
                #expect(answer.header("Content-Length") == nil && (answer.bytes.isEmpty || answer.body.hasPrefix("HTTP/1.1 400")), "\(answer.text)")
            }
            #expect(try await eventually { stack.gateway.seen.count { $0.path.hasSuffix("/history") && $0.wasAborted } == 2 } != nil)
        }
    }

    @Test func `words arrive while the gateway still writes, and a browser that leaves ends the call`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            try await OpenConnection.run(port: stack.port) { connection in
                try await connection.send(Self.streamRequest(user, port: stack.port))
                let begun = try await connection.read(until: #""content":"#)
                #expect(begun.hasPrefix("HTTP/1.1 200"))
                #expect(begun.lowercased().contains("x-accel-buffering: no"))
                #expect(!begun.lowercased().contains("content-encoding"))
                #expect(!begun.contains("[DONE]"))
            }
            let time = try await eventually(within: .seconds(5)) {
                stack.gateway.seen.contains { $0.path == "/v1/chat/completions" && $0.wasAborted }
            }
            let left = try #require(time)
            #expect(left < .seconds(1))
        }
    }

    @Test func `pages that are left give their live streams back at once`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            let request = "GET /dashboard/live HTTP/1.1\r\nHost: 127.0.0.1:\(stack.port)\r\nCookie: session=\(user)\r\n\r\n"
            // More than one person may have open.
            for _ in 0..<30 {
                let opened = try await eventually(within: .seconds(2)) {
                    try await HTTPExchange.raw(request, port: stack.port, until: "\r\n\r\n").status == 200
                }
                #expect(opened != nil)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a session that is revoked on one replica ends its streams and sockets on another`(hasRedis: Bool) async throws {
        let redis = hasRedis ? try await RedisServer() : nil
        let mongo = try await MongoServer()
        var environment = ["MONGODB_URI": mongo.uri()]
        environment["REDIS_URL"] = redis?.url()
        let other = try TemporaryFolder()
        try await Self.run(environment) { stack in
            let second = stack.environment.merging(["LANDING_DATA": other.path]) { $1 }
            _ = try await LandingProgram(environment: second).serve { port in
                let watched = try await stack.signIn("user@example.org")
                let own = try await stack.signIn("user@example.org")
                try await OpenConnection.run(port: port) { stream in
                    try await stream.send(Self.streamRequest(watched, port: port))
                    try await stream.read(until: #""content":"#)
                    try await OpenConnection.run(port: port) { socket in
                        try await socket.send(Self.socketRequest(watched, port: port))
                        try await socket.read(until: "connect.challenge")
                        let revoked = try await HTTPExchange.send(
                            "DELETE", "/api/account/sessions?except=current", port: stack.port,
                            headers: ["Cookie": "session=\(own)", "Sec-Fetch-Site": "same-origin"])
                        #expect(revoked.status == 204 || revoked.status == 200, "\(revoked.text)")
                        // A second, and what a busy machine takes for the rest.
                        try await stream.read(until: "session-ended", within: .milliseconds(1_500))
                        try await socket.read(until: "session ended", within: .milliseconds(500))
                    }
                }
            }
        }
        withExtendedLifetime((redis, mongo)) {}
    }

    @Test func `a socket speaks for its person: what the role may goes through, the rest is answered here`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            try await OpenConnection.run(port: stack.port) { socket in
                try await socket.send(Self.socketRequest(user, port: stack.port))
                let opening = try await socket.read(until: "connect.challenge")
                #expect(opening.hasPrefix("HTTP/1.1 101"))
                #expect(opening.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
                try await socket.send(Self.frame(#"{"type":"req","id":"1","method":"agents.list"}"#))
                try await socket.read(until: #""agents""#)
                try await socket.send(Self.frame(#"{"type":"req","id":"2","method":"config.set"}"#))
                let answer = try await socket.read(until: "ROLE_REQUIRED")
                #expect(!answer.contains(Self.token))
            }
            #expect(stack.gateway.calls(of: "config.set") == 0)
            let foreign = try await HTTPExchange.raw(
                Self.socketRequest(user, port: stack.port).replacing("http://agents.example", with: "http://evil.example"), port: stack.port,
                until: "\r\n\r\n")
            #expect(foreign.status == 403)
            let stranger = try await HTTPExchange.raw(Self.socketRequest("none", port: stack.port), port: stack.port, until: "\r\n\r\n")
            #expect(stranger.status == 401)
        }
    }

    @Test func `each call leaves a row in the audit trail without what was said`() async throws {
        try await Self.run { stack in
            let admin = try await stack.signIn("admin@example.org")
            let answer = try await stack.call(
                "POST", "v1/chat/completions", as: admin, body: #"{"model":"openclaw","messages":[{"role":"user","content":"my secret words"}]}"#)
            #expect(answer.status == 200)
            let time = try await eventually {
                let trail = try await HTTPExchange.send(
                    "GET", "/admin/audit?action=gateway-called", port: stack.port, headers: ["Cookie": "session=\(admin)"])
                return trail.body.contains("POST v1/chat/completions") && !trail.body.contains("my secret words")
            }
            #expect(time != nil)
        }
    }

    @Test func `a gateway whose certificate nobody vouches for is explained to calls, on sockets and on the dashboard`() async throws {
        // Any server that speaks TLS will do: it is told nothing.
        let server = try await RedisServer(isEncrypted: true)
        try await Self.run(["GATEWAY_URL": "https://127.0.0.1:\(server.port)"]) { stack in
            let user = try await stack.signIn("user@example.org")
            let answer = try await stack.call("GET", "v1/models", as: user)
            #expect(answer.status == 503 && answer.body.contains("#gateway-untrusted"), "\(answer.text)")
            #expect(answer.body.contains("update-ca-certificates"))
            let socket = try await HTTPExchange.raw(Self.socketRequest(user, port: stack.port), port: stack.port, until: "gateway-untrusted")
            #expect(socket.status == 101)
            let page = try await HTTPExchange.send("GET", "/dashboard", port: stack.port, headers: ["Cookie": "session=\(user)"])
            #expect(page.status == 200 && page.body.contains("certificate is not trusted"), "\(page.body)")
            #expect(try await HTTPExchange.send("GET", "/readyz", port: stack.port).body.contains("certificate is not trusted"))
        }
        withExtendedLifetime(server) {}
    }

    @Test func `without its gateway the site works, and says what is wrong with calls`() async throws {
        try await Self.run { stack in
            let user = try await stack.signIn("user@example.org")
            await stack.gateway.crash()
            let answer = try await stack.call("GET", "v1/models", as: user)
            #expect(answer.status == 503)
            #expect(answer.header("Content-Type") == "application/problem+json")
            #expect(answer.body.contains("gateway-unreachable"))
            let page = try await HTTPExchange.send("GET", "/", port: stack.port)
            #expect(page.status == 200)
        }
    }
}
