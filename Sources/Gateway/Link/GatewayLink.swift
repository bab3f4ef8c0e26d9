public import JSON
public import NIOCore
import NIOSSL

/// The one connection of this process to the gateway's WebSocket (protocol 4), shared by everybody who looks.
///
/// Connects again by itself with a growing pause; what was asked for when a connection broke is not asked for again.
/// Functions may be called from any task.
public final class GatewayLink: Sendable {
    public enum State: Sendable, Equatable {
        case connecting
        case ready(Hello)
        case unavailable(GatewayProblem)
    }

    /// What the gateway said of itself and of what this site may.
    public struct Hello: Sendable, Equatable {
        public let version: String
        public let methods: Set<String>
        public let scopes: Set<String>

        public init(version: String, methods: Set<String>, scopes: Set<String>) {
            self.version = version
            self.methods = methods
            self.scopes = scopes
        }
    }

    private let loop: any EventLoop
    private let core: NIOLoopBoundBox<LinkCore>
    private let audience = LinkAudience()

    /// Reads the machine's certificates where the endpoint is TLS, so not to be called on an event loop.
    public convenience init(_ configuration: GatewayConfiguration, device: GatewayDevice, group: any EventLoopGroup, means: GatewayMeans) {
        self.init(configuration, device: device, group: group, means: means, patience: SocketPatience())
    }

    init(
        _ configuration: GatewayConfiguration, device: GatewayDevice, group: any EventLoopGroup, means: GatewayMeans, patience: SocketPatience,
        tls: TLSConfiguration? = nil
    ) {
        loop = group.next()
        let settings = GatewaySocket.Settings(
            dialer: GatewayDialer(configuration, tls: tls), configuration: configuration, device: device, scopes: GatewayRole.admin.scopes,
            keepsDeviceToken: true, patience: patience, makeID: means.makeID)
        core = .makeBoxSendingValue(LinkCore(settings, audience: audience, on: loop, means: means), eventLoop: loop)
    }

    /// Connects, and stays so until the task is cancelled. Once only: the streams end with it.
    public func run() async {
        loop.execute { [core] in core.value.start() }
        let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            for await _ in cancelled {}
        } onCancel: {
            continuation.finish()
        }
        // Fails only if the loop itself has ended, and the connection with it.
        try? await loop.submit { [core] in core.value.stop() }.get()
    }

    public var state: State { audience.state }

    /// Asks, and waits for the answer.
    ///
    /// - Parameters:
    ///   - life: how long an answer serves others who ask the same; 0 asks each time. Those who ask at the same time share
    ///     one question in any case where it is above 0.
    /// - Throws: ``GatewayProblem``; at once while there is no connection.
    public func call(_ method: String, _ params: JSONValue = [:], keptFor life: Duration = .zero, within deadline: TimeAmount = .seconds(30))
        async throws(GatewayProblem) -> JSONValue
    {
        let key = life > .zero ? "\(method)\n\(params.text)" : nil
        let call = LinkCore.Call(method: method, params: params, key: key, keptFor: life, deadline: deadline)
        let result = await call.waiter.wait {
            loop.execute { [core] in core.value.ask(call) }
        } onCancel: { [loop, core] in
            loop.execute { core.value.leave(call) }
        }
        return try result.get()
    }

    /// Everything that is told from now on; of more than 256 that nobody has taken, the oldest are lost.
    public func events() -> AsyncStream<GatewayEvent> { audience.events() }

    /// Each state from the present one on; of those that nobody has taken, only the newest.
    public func states() -> AsyncStream<State> { audience.states() }
}
