import Gateway
import ServiceLifecycle
import Web

/// Keeps the connection to the gateway, and ends what goes over it when the server stops.
struct GatewayService: Service {
    let link: GatewayLink
    let sockets: GatewaySockets
    let proxy: GatewayProxy
    let events: RecentEvents

    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await link.run() } }
            group.addTask { await cancelWhenGracefulShutdown { await events.run(link) } }
            // Ends with an error only when the server is cut off, and then the same is to be done.
            try? await gracefulShutdown()
            await sockets.shutdown()
            await proxy.shutdown()
        }
    }
}
