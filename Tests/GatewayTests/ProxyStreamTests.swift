import Gateway
import HTTPTypes
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite struct ProxyStreamTests {
    private static let path = "v1/chat/completions"
    private static let body = #"{"model":"openclaw","stream": true,"messages":[]}"#

    @Test func `each event is here while the gateway still writes`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\n")
        }
        let bench = try ProxyBench(upstream)
        let answer = try await bench.post(Self.path, Self.body)
        #expect(answer.field("content-type") == "text/event-stream; charset=utf-8")
        #expect(answer.field("x-accel-buffering") == "no")
        #expect(answer.field("cache-control") == "no-store, no-transform")
        var heard = 0
        for try await piece in answer.pieces {
            #expect(String(buffer: piece) == "data: one\n\n")
            heard += 1
            break
        }
        #expect(heard == 1)
        #expect(try await eventually(within: .seconds(1)) { upstream.openConnections == 0 } != nil)
        #expect(bench.records.map(\.status) == [499])
        try await upstream.stop()
    }

    @Test func `a whole stream comes as it is, errors in it included`() async throws {
        let events = "data: {\"a\":1}\n\nevent: x\r\ndata: 2\r\n\r\ndata: {\"error\":{\"type\":\"api_error\"}}\n\ndata: [DONE]\n\n"
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            for event in events { connection.chunk(String(event)) }
            connection.endStream()
        }
        let bench = try ProxyBench(upstream)
        #expect(try await bench.post(Self.path, Self.body).text() == events)
        #expect(bench.records.map(\.status) == [200])
        #expect(bench.records.map(\.problem) == [nil])
        try await upstream.stop()
    }

    @Test func `silence is filled between events and never within one`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\ndata: tw")
        }
        let bench = try ProxyBench(upstream) { $0.heartbeat = .milliseconds(20) }
        var pieces: [String] = []
        for try await piece in try await bench.post(Self.path, Self.body).pieces {
            pieces.append(String(buffer: piece))
            if pieces.count == 4 { break }
        }
        #expect(pieces == ["data: one\n\n", ": keep-alive\n\n", ": keep-alive\n\n", ": keep-alive\n\n"])
        try await upstream.stop()
    }

    @Test func `a connection that ends in the middle becomes an event`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\ndata: tw")
            connection.close()
        }
        let bench = try ProxyBench(upstream)
        let text = try await bench.post(Self.path, Self.body).text()
        #expect(text.hasPrefix("data: one\n\nevent: error\ndata: {\"error\":{\"message\":\"The gateway failed"))
        #expect(text.hasSuffix("\"type\":\"gateway-failing\"}}\n\ndata: [DONE]\n\n"))
        #expect(bench.records.map(\.problem) == [.failing])
        try await upstream.stop()
    }

    @Test func `a stream without its last word has ended too early`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: one\n\n")
            connection.close()
        }
        let text = try await ProxyBench(upstream).post(Self.path, Self.body).text()
        #expect(text.contains("gateway-failing"))
        try await upstream.stop()
    }

    @Test func `a stream that stops for too long becomes an event`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\n")
        }
        let text = try await ProxyBench(upstream) { $0.idle = .milliseconds(50) }.post(Self.path, Self.body).text()
        #expect(text.contains("gateway-slow"))
        try await upstream.stop()
    }

    @Test func `a stream ends with the session, at both ends`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\n")
        }
        let bench = try ProxyBench(upstream)
        let (session, end) = AsyncStream.makeStream(of: Void.self)
        let answer = try await bench.post(Self.path, Self.body, for: .user(sessionEnding: { session }))
        let text = Mutex("")
        for try await piece in answer.pieces {
            text.withLock { $0 += String(buffer: piece) }
            end.finish()
        }
        #expect(text.withLock { $0.contains("\"type\":\"session-ended\"") && $0.hasSuffix("data: [DONE]\n\n") })
        #expect(try await eventually(within: .seconds(1)) { upstream.openConnections == 0 } != nil)
        #expect(bench.records.map(\.problem) == [.sessionEnded])
        try await upstream.stop()
    }

    @Test func `somebody has so many streams at once and no more`() async throws {
        let upstream = try await RawUpstream { request, connection in
            connection.beginStream()
            connection.chunk("data: one\n\n")
        }
        let bench = try ProxyBench(upstream) { $0.streamsPerCaller = 2 }
        let fields: HTTPFields = [.accept: "text/event-stream"]
        let one = try await bench.post(Self.path, Self.body)
        let two = try await bench.get("sessions/main/history", fields)
        let problem = try await bench.problem { try await bench.post(Self.path, Self.body) }
        #expect(problem.kind == .tooManyStreams)
        #expect(problem.retryAfter != nil)
        #expect(upstream.requests.count == 2)
        // Not to say that it will be a stream does not help.
        #expect(try await bench.problem { try await bench.post(Self.path, "{}") }.kind == .tooManyStreams)
        _ = try await bench.post(Self.path, Self.body, for: .user("grace"))
        for answer in [one, two] { for try await _ in answer.pieces { break } }
        _ = consume one
        _ = consume two
        try await upstream.stop()
    }

    @Test func `a reader that is cancelled ends the call at the gateway`() async throws {
        let upstream = try await RawUpstream { _, connection in
            connection.beginStream()
            connection.chunk("data: one\n\n")
        }
        let bench = try ProxyBench(upstream)
        let answer = try await bench.post(Self.path, Self.body)
        let reader = Task { for try await _ in answer.pieces {} }
        reader.cancel()
        #expect(try await eventually(within: .seconds(1)) { upstream.openConnections == 0 } != nil)
        _ = await reader.result
        #expect(bench.records.map(\.status) == [499])
        try await upstream.stop()
    }
}
