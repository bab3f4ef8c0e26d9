import Gateway
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// Calls that an event loop begins. What they have in common with others is tested with those: ``ProxyBench/get`` begins so
/// whatever it can.
@Suite struct BegunCallTests {
    private static func ask(_ path: String, _ method: HTTPRequest.Method = .get, accept: String? = nil) -> GatewayRequest {
        var fields = HTTPFields()
        fields[.accept] = accept
        return GatewayRequest(method: method, path: path, headers: fields, body: ProxyBench.Pieces([]))
    }

    @Test func `a short answer that nobody may keep comes without a task, and says the same`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer(#"{"data":[]}"#) }
        let bench = try ProxyBench(upstream)
        let begun = try #require(try await bench.begun(Self.ask("v1/models")))
        let other = try await bench.proxy.answer(Self.ask("v1/models"), for: .user())
        #expect(begun.status == .ok && begun.headers == other.headers)
        #expect(try await ProxyBench.Answer(begun).text() == #"{"data":[]}"#)
        #expect(bench.records.map(\.status) == [200, 200] && Set(bench.records.map(\.route)) == ["GET v1/models"])
        #expect(upstream.requests.map(\.line) == ["GET /v1/models HTTP/1.1", "GET /v1/models HTTP/1.1"])
        #expect(upstream.requests.map(\.connection) == [1, 1] || Set(upstream.requests.map(\.connection)).count == 2)
        try await upstream.stop()
    }

    @Test func `what would be refused, asks for a stream or is about the gateway itself does not begin, and leaves nothing`() async throws {
        let upstream = try await RawUpstream { _, connection in connection.answer("{}") }
        let bench = try ProxyBench(upstream) { $0.calls = 1 }
        for request in [
            Self.ask("v1/unknown"), Self.ask("v1/models", .post), Self.ask("health"), Self.ask("ready"), Self.ask("v1/models/../x"),
            Self.ask("sessions/main/history", accept: "text/event-stream"),
        ] { #expect(try await bench.begun(request) == nil, "\(request.path)") }
        #expect(bench.records.isEmpty && upstream.requests.isEmpty)
        await bench.proxy.shutdown()
        #expect(try await bench.begun(Self.ask("v1/models")) == nil)
        try await upstream.stop()
    }

    @Test func `beyond the places there are, nothing begins`() async throws {
        let upstream = try await RawUpstream { _, _ in }
        let bench = try ProxyBench(upstream) { $0.calls = 1 }
        let waiting = Task { try await bench.begun(Self.ask("v1/models")) }
        #expect(try await eventually { upstream.requests.count == 1 } != nil)
        #expect(try await bench.begun(Self.ask("v1/models")) == nil)
        waiting.cancel()
        await #expect(throws: (any Error).self) { _ = try await waiting.value }
        #expect(bench.records.map(\.status) == [499])
        // The place is free again.
        let next = Task { try await bench.begun(Self.ask("v1/models")) }
        #expect(try await eventually { upstream.requests.count == 2 } != nil)
        next.cancel()
        await #expect(throws: (any Error).self) { _ = try await next.value }
        try await upstream.stop()
    }

    @Test func `a trial that its caller leaves can be made by the next`() async throws {
        let state = Atomic(0)
        let upstream = try await RawUpstream { _, connection in
            switch state.load(ordering: .relaxed) {
            case 0: connection.close()
            case 1: break
            default: connection.answer("{}")
            }
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<5 { _ = try await bench.problem { try await bench.get("v1/models") } }
        let refused = upstream.requests.count
        _ = try await bench.problem { try await bench.get("v1/models") }
        #expect(upstream.requests.count == refused)
        bench.means.skip(.seconds(20))
        state.store(1, ordering: .relaxed)
        // Nobody looks at what becomes of it.
        try await MultiThreadedEventLoopGroup.singleton.next().submit { [proxy = bench.proxy] in
            proxy.begin(Self.ask("v1/models"), for: .user()) { _ in }?.cancel()
        }.get()
        state.store(2, ordering: .relaxed)
        #expect(try await eventually { (try? await bench.get("v1/models").status) == 200 } != nil)
        try await upstream.stop()
    }

    @Test func `a connection that was closed meanwhile is made anew, and a gateway that is away has its explanation`() async throws {
        let upstream = try await RawUpstream { request, connection in
            if request.connection == 1 {
                connection.answer("{}")
                connection.close()
            } else {
                connection.answer(#"{"again":true}"#)
            }
        }
        let bench = try ProxyBench(upstream)
        for _ in 0..<4 {
            let answer = try #require(try await bench.begun(Self.ask("v1/models")))
            #expect(answer.status == .ok)
        }
        try await upstream.stop()
        await #expect(throws: GatewayProblem.self) { _ = try await bench.begun(Self.ask("v1/models")) }
    }

    @Test func `with a cache that is shared, a call begins only while the gateway has nothing to keep`() async throws {
        let keeps = Atomic(false)
        let upstream = try await RawUpstream { _, connection in
            let control = keeps.load(ordering: .relaxed) ? "Cache-Control: max-age=60\r\n" : ""
            connection.answer("{}", fields: "Content-Type: application/json\r\n\(control)")
        }
        let bench = try ProxyBench(upstream, sharedCache: NoSharedCache())
        #expect(try await bench.begun(Self.ask("v1/models")) == nil)
        _ = try await bench.proxy.answer(Self.ask("v1/models"), for: .user())
        #expect(try await bench.begun(Self.ask("v1/models")) != nil)
        keeps.store(true, ordering: .relaxed)
        let stored = try #require(try await bench.begun(Self.ask("v1/models")))
        #expect(stored.headers[.cacheStatus] == "landing; fwd=uri-miss; stored")
        #expect(try await bench.begun(Self.ask("v1/models")) == nil)
        keeps.store(false, ordering: .relaxed)
        bench.means.skip(.seconds(61))
        _ = try await bench.proxy.answer(Self.ask("v1/models"), for: .user())
        bench.means.skip(.seconds(16))
        #expect(try await bench.begun(Self.ask("v1/models")) == nil)
        try await upstream.stop()
    }

    private struct NoSharedCache: GatewaySharedCache {
        func bytes(for key: String) async -> [UInt8]? { nil }

        func store(_ bytes: [UInt8], for key: String, seconds: Int) async {}
    }
}

extension HTTPField.Name {
    fileprivate static let cacheStatus = HTTPField.Name("Cache-Status")!
}
