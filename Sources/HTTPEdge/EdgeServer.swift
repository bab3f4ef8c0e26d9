public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTPTypes
import NIOPosix
public import ServiceLifecycle

/// Listens, and serves connections that are safe to have on the internet: see ``EdgeLimits``
/// and the list of what is checked in `RequestHygiene`.
///
/// Accepts in the event loops themselves: a connection costs no task until its first request
/// goes to the site.
public struct EdgeServer: Service {
    /// Answers one request of the site; what it throws ends the connection.
    public typealias Responder = @Sendable (Request, consuming ResponseWriter, any Channel) async throws -> Void

    private let host: String
    private let port: Int
    private let configuration: EdgeConfiguration
    private let responder: Responder
    private let onRunning: @Sendable (SocketAddress?) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - host: a name or address of this machine.
    ///   - port: 0 takes a free one.
    ///   - onRunning: called with the address once it listens.
    public init(
        host: String, port: Int, configuration: EdgeConfiguration, logger: Logger,
        onRunning: @escaping @Sendable (SocketAddress?) async -> Void, responder: @escaping Responder
    ) {
        self.host = host
        self.port = port
        self.configuration = configuration
        self.responder = responder
        self.onRunning = onRunning
        self.logger = logger
    }

    /// Serves until graceful shutdown begins, then until the requests that have begun are answered. Where the task
    /// is cancelled, connections are closed at once.
    ///
    /// - Throws: `IOError` where it cannot listen.
    public func run() async throws {
        let (requesting, entrance) = AsyncStream.makeStream(of: SiteChannel.self)
        let listener = try await listen(entrance)
        let connections = configuration.connections
        let end: @Sendable () -> Void = {
            listener.close().whenComplete { _ in connections.quiesce { entrance.finish() } }
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onRunning(listener.localAddress)
                await withDiscardingTaskGroup { group in
                    for await channel in requesting {
                        group.addTask { [site = SiteConnection(responder: responder), logger] in await site.handle(value: channel, logger: logger) }
                    }
                }
            } onGracefulShutdown: {
                end()
            }
        } onCancel: {
            end()
            connections.closeAll()
        }
    }

    private func listen(_ entrance: AsyncStream<SiteChannel>.Continuation) async throws -> any Channel {
        let group = MultiThreadedEventLoopGroup.singleton
        let edge = EdgeChannel(configuration: configuration, rooms: HeadRoom.each(of: group, date: configuration.date))
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Four at a time, the default, keeps visitors waiting behind a burst of connections.
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try edge.addHandlers(to: channel) { channel in
                        let site = try SiteConnection.open(channel)
                        // The server is being cancelled; nobody will take this one.
                        if case .terminated = entrance.yield(site) { Task { try? await site.executeThenClose { _, _ in } } }
                    }
                }
            }
            .bind(host: host, port: port).get()
    }
}

typealias SiteChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

/// One connection as the site sees it: requests, one after the other, each answered before the next.
private struct SiteConnection: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder

    /// Called on the channel's event loop.
    static func open(_ channel: any Channel) throws -> SiteChannel {
        try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<SiteChannel> {
        channel.eventLoop.makeCompletedFuture { try Self.open(channel) }
    }

    func handle(value: SiteChannel, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}
