import NIOCore
import NIOHTTP1
import NIOSSL

/// Speaks HTTP/1.1 with one server, on the caller's event loop where it has one. Functions may be called from any task.
///
/// Connections are kept for each event loop.
final class UpstreamClient: Sendable {
    /// An answer, as far as it has come.
    struct Answer: Sendable {
        let head: AnswerHead
        let exchange: UpstreamExchange
    }

    private let group: any EventLoopGroup
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections>]

    init(_ endpoint: GatewayEndpoint, limits: GatewayLimits, group: any EventLoopGroup, tls: TLSConfiguration? = nil) {
        self.group = group
        let connector = UpstreamConnector(endpoint, limits: limits, tls: tls)
        var pools: [ObjectIdentifier: NIOLoopBoundBox<LoopConnections>] = [:]
        for loop in group.makeIterator() {
            pools[ObjectIdentifier(loop)] = .makeBoxSendingValue(LoopConnections(loop: loop, connector: connector, limits: limits), eventLoop: loop)
        }
        self.pools = pools
    }

    /// Asks. Where the content of the request is to follow, the caller gives it to the exchange next.
    func start(_ request: UpstreamRequest) -> UpstreamExchange { start(request, fresh: false) }

    /// Waits for the head of the answer.
    ///
    /// Asks a second time, on a new connection, where the first was one that had waited and the gateway had closed it.
    /// Cancelling the task ends the call.
    func answer(to exchange: UpstreamExchange) async throws(UpstreamFailure) -> Answer {
        switch await exchange.head() {
        case .success(let head): return Answer(head: head, exchange: exchange)
        case .failure(let failure): guard exchange.mayRepeat else { throw failure }
        }
        let second = start(exchange.request, fresh: true)
        return Answer(head: try await second.head().get(), exchange: second)
    }

    private func start(_ request: UpstreamRequest, fresh: Bool) -> UpstreamExchange {
        let loop = group.any()
        let exchange = UpstreamExchange(request, on: loop, wantsFreshConnection: fresh)
        guard let pool = pools[ObjectIdentifier(loop)] else { preconditionFailure("a group whose loops change") }
        if loop.inEventLoop { pool.value.start(exchange) } else { loop.execute { pool.value.start(exchange) } }
        return exchange
    }

    /// Closes the connections that wait; exchanges that have begun go on.
    func shutdown() async {
        for pool in pools.values {
            // Fails only where the loop has ended, and its connections with it.
            _ = try? await pool.eventLoop.submit { pool.value.stop() }.get()
        }
    }
}
