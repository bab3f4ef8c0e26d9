import Foundation
import HTTPEdge
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PageCache
import TestSupport

/// A small site behind the edge, on a free port of this machine.
struct LoopbackEdge {
    let port: Int
    let connections: OpenConnections

    func send(_ text: String, until end: String? = nil, halfCloses: Bool = false) async throws -> HTTPExchange {
        try await HTTPExchange.raw(text, port: port, until: end, halfCloses: halfCloses)
    }

    /// Takes `piece` bytes in each `interval`; the number of connections that the server still has at the end.
    func connections(afterReading pieces: Int, of piece: Int, every interval: Duration, from request: String) async throws -> Int {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var iterator = inbound.makeAsyncIterator()
            for _ in 0..<pieces {
                var taken = 0
                while taken < piece, let part = try await iterator.next() { taken += part.readableBytes }
                // The pace is what is tested: a reader takes its time.
                try await Task.sleep(for: interval)
            }
            return connections.current
        }
    }

    /// Sends `text`, reads nothing, and waits until the server has had enough.
    func sendAndLeaveUnread(_ text: String) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
        try await wait { $0 > 0 }
        try await wait { $0 == 0 }
        // The server has closed it already, which a channel that does not read learns late.
        try? await channel.close()
    }

    /// Sends `text` and its end, and reads only when the server can send no more, a little at a time.
    func sendHalfCloseAndReadLate(_ text: String) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true).channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1), isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            outbound.finish()
            var received: [UInt8] = []
            for try await part in inbound {
                received += part.readableBytesView
                // A slow network is what is tested; later on it may hurry.
                if received.count < 400_000 { try await Task.sleep(for: .milliseconds(1)) }
            }
            return received
        }
    }

    /// Yields until the number of open connections is as it should be; gives up after 30 seconds.
    func wait(until holds: (Int) -> Bool) async throws {
        struct TookTooLong: Error {}
        let end = ContinuousClock.now + .seconds(30)
        while !holds(connections.current) {
            guard ContinuousClock.now < end else { throw TookTooLong() }
            await Task.yield()
        }
    }

    /// - Parameters:
    ///   - cache: what is answered before the router.
    ///   - direct: what is answered on the event loop.
    static func run(
        limits: EdgeLimits = EdgeLimits(), cache: PageCache? = nil, direct: DirectSite? = nil, onDeparture: @escaping @Sendable () -> Void = {},
        test: (LoopbackEdge) async throws -> Void
    ) async throws {
        let router = Router()
        router.get("/hello") { _, _ in "hello" }
        router.head("/hello") { _, _ in "hello" }
        router.get("/echo/**") { request, _ in "\(request.uri) \(request.head.authority ?? "none") \(request.headers)" }
        router.get("/echo") { request, _ in "\(request.uri) \(request.head.authority ?? "none") \(request.headers)" }
        router.post("/length") { request, _ in
            var length = 0
            for try await part in request.body { length += part.readableBytes }
            return "\(length)"
        }
        router.post("/early") { _, _ in "no need to read it" }
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/stream", method: method) { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        for word in ["one ", "two ", "three"] { try await writer.write(ByteBuffer(string: word)) }
                        try await writer.finish(nil)
                    })
            }
        }
        router.get("/endless") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 65_536)) }
                })
        }
        let connections = OpenConnections()
        var configuration = EdgeConfiguration(
            limits: limits, connections: connections, date: HTTPDate { 784_111_777 }, makeRequestID: { "00000000000000ff" }, cache: cache)
        configuration.direct = direct
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let responder = router.buildResponder()
        let edge = EdgeServer(
            host: "127.0.0.1", port: 0, configuration: configuration, logger: .silent, onRunning: { listening.yield($0?.port ?? 0) }
        ) {
            request, writer, channel in
            if request.uri.path == "/socket" {
                try await channel.triggerUserOutboundEvent(
                    SocketOffer(maxFrame: 1 << 16) { channel, place in
                        try channel.pipeline.syncOperations.addHandler(SocketEcho(), position: place)
                    }
                ).get()
                let answer = Response(status: .switchingProtocols)
                return try await writer.write(response: answer.head, body: answer.body)
            }
            if request.uri.path == "/watched" {
                // An endless wait that only a client's leaving ends.
                let (departures, signal) = AsyncStream.makeStream(of: Void.self)
                try await channel.triggerUserOutboundEvent(DepartureWatch { signal.finish() }).get()
                for await _ in departures {}
                onDeparture()
                throw CancellationError()
            }
            let response = try await responder.respond(
                to: request, context: BasicRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: .silent)))
            try await writer.write(response: response.head, body: response.body)
        }
        let server = Task { try await edge.run() }
        defer { server.cancel() }
        for await port in ports { return try await test(LoopbackEdge(port: port, connections: connections)) }
    }
}
