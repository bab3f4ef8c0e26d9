public import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// A gateway to try things with: speaks as OpenClaw's gateway does, over HTTP and WebSocket on one port, and has examples
/// in place of agents.
///
/// Keeps everything in memory. Must be ended with ``stop()``.
public final class GatewaySimulator: Sendable {
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        /// Default 0: any free one.
        public var port = 0
        /// The shared secret; without, everybody may do everything.
        public var token: String?
        public var faults = SimulatorFaults()
        /// Between two words of an answer. Default 40 ms.
        public var wordPause: Duration = .milliseconds(40)
        /// Origins of browsers whose sockets are let in. Default none.
        public var allowedOrigins: Set<String> = []
        /// Wrong tokens from this machine never lock it out. Default `false`, unlike the real one, so that it can be tried.
        public var isLoopbackExempt = false
        /// How long those stay locked out that showed ten wrong tokens in a minute. Default 5 min.
        public var lockOut: Duration = .seconds(300)
        /// Devices that show the shared secret on loopback are paired at once. Default `true`.
        public var pairsOnLoopback = true
        /// How long a socket may take to introduce itself. Default 15 s.
        public var handshakeTime: Duration = .seconds(15)
        /// How long a connection waits for the next request. Default 5 s.
        public var keepAliveTime: Duration = .seconds(5)
        /// How long `usage.cost` takes. Default 2 s.
        public var usageCostTime: Duration = .seconds(2)
        /// Between two things that happen by themselves: a job, a line of the log. Default 10 s; `nil`: nothing happens.
        public var happening: Duration? = .seconds(10)
        /// Milliseconds since 1970. As it comes, a fixed day in 2026 and the time since.
        public var now: @Sendable () -> Int = SimulatedClock.milliseconds

        public init() {}
    }

    private let core: SimulatorCore
    private let listener: any Channel

    /// - Throws: where nobody may listen there, what the system says of it.
    public static func start(_ configuration: Configuration = Configuration()) async throws -> GatewaySimulator {
        let group = MultiThreadedEventLoopGroup.singleton
        let core = SimulatorCore(configuration, loop: group.next())
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                core.connections.add(channel)
                return channel.eventLoop.makeCompletedFuture { try HTTPConnection.add(to: channel, core: core) }
            }
            .bind(host: configuration.host, port: configuration.port).get()
        core.startHappenings()
        return GatewaySimulator(core: core, listener: listener)
    }

    private init(core: SimulatorCore, listener: any Channel) {
        self.core = core
        self.listener = listener
    }

    public var port: Int { listener.localAddress?.port ?? core.configuration.port }

    /// `http://127.0.0.1:18789`.
    public var url: String {
        let host = core.configuration.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// May be changed at any time; counts for what is answered from then on.
    public var faults: SimulatorFaults {
        get { core.faults }
        set { core.faults = newValue }
    }

    /// The newest 1,000 requests and upgrades.
    public var seen: [SeenRequest] { core.seen.all }

    /// Open now, those that have not introduced themselves among them.
    public var sockets: Int { core.hub.count }

    /// Connections open now, sockets among them.
    public var connections: Int { core.connections.count }

    /// Answers in progress now.
    public var runs: Int { core.runs.count }

    /// How often a method of the protocol was called, over sockets and over HTTP.
    public func calls(of method: String) -> Int { core.calls.count(method) }

    /// Tells all sockets that may see it.
    public func tell(_ event: String, _ payload: JSONValue) { core.hub.publish(SimulatorEvent(event, payload)) }

    /// Closes all sockets.
    public func closeSockets(code: Int, reason: String) { core.hub.closeAll(code: code, reason: reason) }

    /// Tells sockets that it goes, closes them with 1012, then everything else. Does nothing the second time.
    public func stop() async {
        core.stopHappenings()
        // It may be closed already.
        try? await listener.close()
        core.runs.abortAll()
        core.hub.publish(SimulatorEvent("shutdown", ["reason": "gateway stopping", "restartExpectedMs": 2_000], isForAll: true))
        core.hub.closeAll(code: 1012, reason: "service restart")
        await core.connections.closeAll(within: .milliseconds(500))
    }

    /// Closes everything without a word, as a power failure does.
    public func crash() async {
        core.stopHappenings()
        // It may be closed already.
        try? await listener.close()
        core.runs.abortAll()
        await core.connections.closeAll(within: .zero)
    }
}
