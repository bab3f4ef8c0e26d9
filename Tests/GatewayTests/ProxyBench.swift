import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// A proxy before an upstream, with a clock that a test can put forward.
struct ProxyBench: Sendable {
    /// What the proxy is given, and what it has told.
    final class Means: Sendable {
        /// Time passes only where a test lets it.
        private let now = Mutex(ContinuousClock.now)
        private let told = Mutex<[GatewayCallRecord]>([])

        func skip(_ time: Duration) { now.withLock { $0 += time } }

        var records: [GatewayCallRecord] { told.withLock { $0 } }

        func means(_ sharedCache: (any GatewaySharedCache)?) -> GatewayMeans {
            GatewayMeans(
                now: { [self] in now.withLock { $0 } }, jitter: { 0.5 }, makeID: { "id" },
                record: { [self] record in told.withLock { $0.append(record) } }, logger: .silent, sharedCache: sharedCache)
        }
    }

    let proxy: GatewayProxy
    let means = Means()

    init(
        _ url: String, token: String? = "secret", sharedCache: (any GatewaySharedCache)? = nil, tls: TLSConfiguration? = nil,
        limits change: (inout GatewayLimits) -> Void = { _ in }
    ) throws {
        var configuration = GatewayConfiguration(endpoint: try #require(GatewayEndpoint(url)), token: token)
        change(&configuration.limits)
        proxy = GatewayProxy(configuration, group: MultiThreadedEventLoopGroup.singleton, means: means.means(sharedCache), tls: tls)
    }

    init(_ upstream: RawUpstream, sharedCache: (any GatewaySharedCache)? = nil, limits change: (inout GatewayLimits) -> Void = { _ in }) throws {
        try self.init("http://127.0.0.1:\(upstream.port)", sharedCache: sharedCache, limits: change)
    }

    var records: [GatewayCallRecord] { means.records }

    func get(_ path: String, query: String? = nil, _ fields: HTTPFields = [:], for caller: GatewayCaller = .user()) async throws -> Answer {
        let request = GatewayRequest(method: .get, path: path, query: query, headers: fields, body: Pieces([]))
        // As the site does it: begun on an event loop, unless something stands against that.
        if fields[.cacheControl] == nil, fields[.ifNoneMatch] == nil, let answer = try await begun(request, for: caller) { return Answer(answer) }
        return try await Answer(proxy.answer(request, for: caller))
    }

    /// `nil` where the call does not begin so.
    func begun(_ request: GatewayRequest, for caller: GatewayCaller = .user()) async throws -> GatewayAnswer? {
        let (calls, told) = AsyncStream.makeStream(of: (BegunCall, GatewayAnswer?).self)
        let call = try await MultiThreadedEventLoopGroup.singleton.next().submit { [proxy] in
            proxy.begin(request, for: caller) { begun in
                told.yield((begun, proxy.answer(of: begun).map { GatewayAnswer($0, requestID: caller.requestID) }))
                told.finish()
            }
        }.get()
        guard let call else { return nil }
        return try await withTaskCancellationHandler {
            for await (begun, whole) in calls {
                if let whole { return whole }
                return try await proxy.finish(begun)
            }
            throw CancellationError()
        } onCancel: {
            call.cancel()
        }
    }

    func post(_ path: String, _ body: String, _ fields: HTTPFields = [:], for caller: GatewayCaller = .user()) async throws -> Answer {
        try await post(path, Pieces([ByteBuffer(string: body)]), fields, for: caller)
    }

    /// In chunks, where `fields` say no length.
    func post(_ path: String, _ body: Pieces, _ fields: HTTPFields = [:], for caller: GatewayCaller = .user()) async throws -> Answer {
        var fields = fields
        if fields[.contentType] == nil { fields[.contentType] = "application/json" }
        return try await Answer(proxy.answer(GatewayRequest(method: .post, path: path, headers: fields, body: body), for: caller))
    }

    func problem(_ call: () async throws -> Answer) async throws -> GatewayProblem {
        let error = await #expect(throws: GatewayProblem.self) { _ = try await call() }
        return try #require(error)
    }

    struct Answer: Sendable {
        let status: Int
        let fields: HTTPFields
        let body: GatewayAnswer.Body

        init(_ answer: GatewayAnswer) {
            status = answer.status.code
            fields = answer.headers
            body = answer.body
        }

        func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }

        /// All of it.
        func text() async throws -> String {
            switch body {
            case .bytes(let bytes): return String(buffer: bytes)
            case .stream(let pieces):
                var text = ""
                for try await piece in pieces { text += String(buffer: piece) }
                return text
            }
        }

        var pieces: any AsyncSequence<ByteBuffer, any Error> & Sendable {
            switch body {
            case .bytes(let bytes): Pieces([bytes])
            case .stream(let pieces): pieces
            }
        }
    }

    /// A body that is there already.
    struct Pieces: AsyncSequence, Sendable {
        typealias Failure = any Error
        let pieces: [ByteBuffer]

        init(_ pieces: [ByteBuffer]) { self.pieces = pieces }

        func makeAsyncIterator() -> Iterator { Iterator(left: pieces[...]) }

        struct Iterator: AsyncIteratorProtocol {
            var left: ArraySlice<ByteBuffer>

            mutating func next() async throws -> ByteBuffer? { left.popFirst() }
        }
    }
}

extension GatewayAnswer {
    /// - Parameter requestID: which the edge adds.
    fileprivate init(_ whole: WholeAnswer, requestID: String) {
        var fields: HTTPFields = [.requestID: requestID]
        for line in String(buffer: whole.fields).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) else { continue }
            fields[name] = line[line.index(after: colon)...].trimmed.description
        }
        self.init(status: .ok, headers: fields, body: .bytes(whole.content))
    }
}

extension GatewayCaller {
    static func user(
        _ id: String = "ada", role: GatewayRole = .user, traceparent: String? = nil,
        sessionEnding: @escaping @Sendable () -> AsyncStream<Void> = { AsyncStream { _ in } }
    ) -> GatewayCaller {
        GatewayCaller(id: id, role: role, requestID: "request-1", traceparent: traceparent, sessionEnding: sessionEnding)
    }
}
