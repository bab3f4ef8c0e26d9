import Gateway
import HTTPTypes
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite struct ProxyConnectionTests {
    @Test func `calls that follow each other share a connection`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        for _ in 0..<100 { #expect(try await bench.get("v1/models").status == 200) }
        // One for each event loop at most.
        #expect(upstream.connections <= System.coreCount)
        try await upstream.stop()
    }

    @Test func `a connection that was closed while it waited does not matter to a call that may be repeated`() async throws {
        // Reads the second request and closes without a word, as a server does whose time is up.
        let upstream = try await RawUpstream { request, connection in
            if request.line.contains("ready") { connection.answer("{}") } else { connection.close() }
        }
        let answers = try await RawUpstream { request, connection in connection.answer(#"{"ok":true,"status":"live"}"#) }
        let bench = try ProxyBench(answers)
        for _ in 0..<20 { #expect(try await bench.get("health").status == 200) }
        let lost = try ProxyBench(upstream)
        _ = try await lost.get("ready")
        #expect(try await lost.problem { try await lost.get("v1/models") }.kind == .failing)
        // Once on the connection that had waited and once on a new one, or on a new one only.
        #expect((2...3).contains(upstream.requests.count))
        try await upstream.stop()
        try await answers.stop()
    }

    @Test func `a call that changes something is never sent twice`() async throws {
        let upstream = try await RawUpstream { request, connection in
            if request.line.hasPrefix("GET") { connection.answer("{}") } else { connection.close() }
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<3 {
            _ = try await bench.get("v1/models")
            #expect(try await bench.problem { try await bench.post("v1/chat/completions", "{}") }.kind == .failing)
        }
        #expect(upstream.requests.count { $0.line.hasPrefix("POST") } == 3)
        try await upstream.stop()
    }

    @Test func `a cancelled call is over at the gateway within a second`() async throws {
        let upstream = try await RawUpstream { _, _ in }
        let bench = try ProxyBench(upstream)
        let call = Task { try await bench.get("v1/models") }
        #expect(try await eventually { upstream.requests.count == 1 } != nil)
        call.cancel()
        #expect(try await eventually(within: .seconds(1)) { upstream.openConnections == 0 } != nil)
        _ = await call.result
        #expect(bench.records.map(\.status) == [499])
        try await upstream.stop()
    }

    @Test func `a slow reader of a large answer costs no memory`() async throws {
        let poured = Mutex<RawUpstream.Connection?>(nil)
        let size = 256 << 20
        let upstream = try await RawUpstream { _, connection in
            poured.withLock { $0 = connection }
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(size)\r\n\r\n")
            connection.pour(size)
        }
        let bench = try ProxyBench(upstream)
        let answer = try await bench.get("v1/models")
        let connection = try #require(poured.withLock { $0 })
        // As much as the kernel holds for both sides, and no more, however long nobody reads.
        var last = -1
        var looks = 0
        let stood = try await eventually {
            looks = connection.poured == last ? looks + 1 : 0
            last = connection.poured
            return looks == 50
        }
        #expect(stood != nil)
        #expect(last < 16 << 20)
        var count = 0
        var largest = 0
        for try await piece in answer.pieces {
            count += piece.readableBytes
            largest = max(largest, piece.readableBytes)
        }
        #expect(count == size)
        #expect(largest <= 64 << 10)
        #expect(bench.records.map(\.status) == [200])
        try await upstream.stop()
    }

    @Test func `an answer that nobody reads to its end is over at the gateway`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n")
            connection.pour(1_000_000_000)
        }
        let bench = try ProxyBench(upstream)
        for try await _ in try await bench.get("v1/models").pieces { break }
        #expect(try await eventually(within: .seconds(1)) { upstream.openConnections == 0 } != nil)
        #expect(bench.records.map(\.status) == [499])
        try await upstream.stop()
    }

    @Test func `an answer that breaks off throws`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
            connection.close()
        }
        let bench = try ProxyBench(upstream)
        await #expect(throws: GatewayProblem.self) { _ = try await bench.get("v1/models").text() }
        #expect(bench.records.count == 1)
        try await upstream.stop()
    }

    @Test func `each deadline ends a call`() async throws {
        let upstream = try await RawUpstream { request, connection in
            if request.line.contains("history") {
                let length = request.line.contains("long") ? 1_000_000 : 10
                connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n{")
            }
        }
        let bench = try ProxyBench(upstream) {
            $0.firstByte = .milliseconds(500)
            $0.idle = .milliseconds(300)
        }
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .slow)
        #expect(try await bench.problem { try await bench.post("tools/invoke", "{}", for: .user(role: .admin)) }.kind == .slow)
        // A short answer says so before anything of it has gone out.
        #expect(try await bench.problem { try await bench.get("sessions/main/history") }.kind == .slow)
        let answer = try await bench.get("sessions/long/history")
        let error = await #expect(throws: GatewayProblem.self) { _ = try await answer.text() }
        #expect(error?.kind == .slow)
        let short = try ProxyBench(upstream) { $0.total = .milliseconds(50) }
        #expect(try await short.problem { try await short.get("v1/models") }.detail.contains("took too long"))
        #expect(try await eventually { upstream.openConnections == 0 } != nil)
        try await upstream.stop()
    }

    @Test func `an upstream that answers before it has heard everything is heard`() async throws {
        let body = #"{"error":{"type":"payload_too_large","message":"no"}}"#
        let early = try await EarlyAnswer.start(
            "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let bench = try ProxyBench("http://127.0.0.1:\(early.localAddress?.port ?? 0)")
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 50_000)
        let answer = try await bench.post("v1/chat/completions", ProxyBench.Pieces(Array(repeating: piece, count: 20)))
        #expect(answer.status == 413)
        #expect(try await answer.text() == body)
        try await early.close()
    }

    @Test func `after a shutdown nothing is called and nothing is open`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        _ = try await bench.get("v1/models")
        await bench.proxy.shutdown()
        #expect(try await eventually { upstream.openConnections == 0 } != nil)
        #expect(try await bench.problem { try await bench.get("v1/models") }.status == 503)
        try await upstream.stop()
    }
}
