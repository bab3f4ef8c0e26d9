import Crypto
import Foundation
import Gateway
import HTTPEdge
import Identity
import Logging
import NIOCore
import NIOPosix
import RedisStore
import Telemetry
import Web

/// Everything that talks with the gateway.
struct GatewayParts: Sendable {
    let link: GatewayLink
    let proxy: GatewayProxy
    let sockets: GatewaySockets
    let audit: GatewayAudit
    let events: RecentEvents
    private let now: @Sendable () -> Date

    /// - Throws: ``StartProblem`` where the site's identity can be neither read nor kept.
    init(
        _ settings: ServerSettings, accounts: Accounts, redis: RedisClient?, registry: PrometheusRegistry, now: @escaping @Sendable () -> Date,
        logger: Logger
    ) throws {
        var configuration = GatewayConfiguration(endpoint: settings.gateway, token: settings.gatewayToken)
        configuration.limits.rate = settings.gatewayRate
        var quiet = logger
        // Where nobody has said that there is a gateway, its absence is no news.
        if !settings.expectsGateway { quiet.logLevel = .critical }
        let audit = GatewayAudit(accounts.stores.audit, now: now, logger)
        let metrics = GatewayMetrics(registry)
        let ids = RequestIDs(seed: .random(in: .min ... .max))
        let means = GatewayMeans(
            now: { ContinuousClock.now }, jitter: { Double.random(in: 0..<1) }, makeID: ids.next,
            record: { call in
                audit.record(call)
                metrics.record(call)
            }, logger: quiet, sharedCache: redis.map(RedisGatewayCache.init))
        let device: GatewayDevice
        do {
            device = try GatewayDeviceFile(path: "\(settings.data)/gateway-device.json").device { error in
                logger.error("What the gateway gave this site is not kept: \(error)")
            }
        } catch {
            throw StartProblem.data(settings.data, error)
        }
        let group = MultiThreadedEventLoopGroup.singleton
        link = GatewayLink(configuration, device: device, group: group, means: means)
        proxy = GatewayProxy(configuration, group: group, means: means)
        sockets = GatewaySockets(configuration, device: device, group: group, means: means)
        self.audit = audit
        events = RecentEvents(now: now)
        self.now = now
        let sockets = sockets
        registry.onRender { [.gauge("gateway_sockets_open", Double(sockets.count))] }
    }

    /// As the routes use them.
    var services: GatewayServices {
        GatewayServices(
            proxy: proxy, sockets: sockets,
            watch: Self.watch,
            offer: { channel, seat in
                let offer = SocketOffer(maxFrame: GatewayLimits().browserMessage) { channel, place in try seat.join(channel, at: place) }
                channel.triggerUserOutboundEvent(offer, promise: nil)
            },
            acceptKey: { key in Data(Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString() })
    }

    @Sendable private static func watch(_ channel: any Channel, _ onDeparture: @escaping @Sendable () -> Void) {
        channel.triggerUserOutboundEvent(DepartureWatch(onDeparture: onDeparture), promise: nil)
    }

    var service: GatewayService { GatewayService(link: link, sockets: sockets, proxy: proxy, events: events) }

    /// For the dashboard.
    func dashboard(accounts: Accounts, redis: RedisClient?, workflows: (any WorkflowStore)?, logger: Logger) -> DashboardServices {
        let status = StackStatus(gateway: self, redis: redis, accounts: accounts, now: now)
        var read: (@Sendable () async throws -> [DashboardServices.Workflow])?
        if let workflows {
            read = {
                try await workflows.workflows(limit: 200).map {
                    DashboardServices.Workflow(id: $0.id, name: $0.name, state: $0.state, updatedAt: $0.updatedAt)
                }
            }
        }
        return DashboardServices(
            link: link, events: events, workflows: read,
            renderMarkdown: MessageMarkdown.html,
            audit: { action, visitor, client, details in
                do {
                    try await accounts.recordDeed(action, of: visitor, client, details)
                } catch {
                    logger.error("Something done at the dashboard is not in the audit trail", metadata: ["reason": "\(error)"])
                }
            },
            parts: status.parts, now: now, makeID: { UUID() }, pause: { try await Task.sleep(for: $0) }, watch: Self.watch)
    }

    /// For `/readyz`.
    var words: String {
        switch link.state {
        case .connecting: "connecting"
        case .ready(let hello): "ready: OpenClaw \(hello.version)"
        case .unavailable(let problem): "unavailable: \(problem.title)"
        }
    }
}
