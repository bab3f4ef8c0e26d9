import Foundation
import HTTPEdge
import Hummingbird
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestSupport
import Testing

/// What connections see of a server that is told to stop.
struct GracefulShutdownTests {
    /// A running server, and what a test does with it.
    private struct Scene: Sendable {
        let port: Int
        let stop: @Sendable () async -> Void
        /// Waits until a request for `/wait` is with the site.
        let requestHasCome: @Sendable () async -> Void
        /// Lets the site answer it.
        let letGo: @Sendable () -> Void
    }

    /// Until `test` has returned and the server has ended.
    private func run(_ test: (Scene) async throws -> Void) async throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let (coming, arrival) = AsyncStream.makeStream(of: Void.self)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let edge = EdgeServer(
            host: "127.0.0.1", port: 0, configuration: EdgeConfiguration(date: HTTPDate { 0 }, makeRequestID: { "ff" }), logger: .silent,
            onRunning: { listening.yield($0?.port ?? 0) }
        ) { request, writer, _ in
            if request.uri.path == "/wait" {
                arrival.yield()
                for await _ in gate { break }
            }
            try await writer.write(response: HTTPResponse(status: .ok), body: ResponseBody(byteBuffer: ByteBuffer(string: "done")))
        }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [edge], logger: .silent))
        async let serving: Void = group.run()
        for await port in ports {
            let scene = Scene(
                port: port, stop: { await group.triggerGracefulShutdown() }, requestHasCome: { for await _ in coming { break } },
                letGo: { opening.yield() })
            try await test(scene)
            break
        }
        try await serving
    }

    private func connect(_ port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
    }

    @Test(arguments: ["", "GET /wait HTT", "GET /done HTTP/1.1\r\nHost: a\r\n\r\n", "GET /done HTTP/1.1\r\nHost: a\r\n\r\nGET /do"])
    func `a connection that is owed nothing is closed at once`(beginning: String) async throws {
        try await run { scene in
            let channel = try await connect(scene.port)
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: beginning))
                var iterator = inbound.makeAsyncIterator()
                if beginning.contains("\r\n\r\n") {
                    let answer = try await iterator.next()
                    #expect(answer != nil)
                }
                await scene.stop()
                // What the server had not read yet makes its system say it with an error.
                let rest = try? await iterator.next()
                #expect(rest == nil)
            }
        }
    }

    @Test func `requests that have begun are answered, then the connection ends`() async throws {
        try await run { scene in
            let request = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
            async let answers = HTTPExchange.raw(request + request, port: scene.port)
            await scene.requestHasCome()
            await scene.stop()
            scene.letGo()
            await scene.requestHasCome()
            scene.letGo()
            let text = try await answers.text
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
        }
    }
}
