import NIOCore

/// The connections of one event loop that wait for the next call, the last one used first. Only on its event loop.
final class LoopConnections {
    private let loop: any EventLoop
    private let connector: UpstreamConnector
    private let limits: GatewayLimits
    private var waiting: [UpstreamConnection] = []
    private var isStopped = false

    init(loop: any EventLoop, connector: UpstreamConnector, limits: GatewayLimits) {
        self.loop = loop
        self.connector = connector
        self.limits = limits
    }

    /// Begins the exchange on a connection that waits, or on a new one.
    func start(_ exchange: UpstreamExchange) {
        guard !isStopped else {
            exchange.fail(.stopped)
            return
        }
        if !exchange.wantsFreshConnection {
            let now = loop.now
            while let connection = waiting.popLast() {
                if connection.isUsable(at: now) { return connection.begin(exchange, at: now) }
                connection.close()
            }
        }
        connector.connect(on: loop, pool: self).whenComplete { result in
            switch result {
            case .success(let connection):
                if exchange.isWanted, !self.isStopped {
                    connection.begin(exchange, at: self.loop.now)
                } else {
                    exchange.fail(.stopped)
                    if !self.takeBack(connection) { connection.close() }
                }
            case .failure(let error): exchange.fail(UpstreamConnector.failure(error))
            }
        }
    }

    /// - Returns: whether there was room for it.
    func takeBack(_ connection: UpstreamConnection) -> Bool {
        guard !isStopped, waiting.count < limits.idleConnections else { return false }
        waiting.append(connection)
        connection.rest(until: loop.now + limits.idleConnectionLife)
        return true
    }

    func remove(_ connection: UpstreamConnection) { waiting.removeAll { $0 === connection } }

    func stop() {
        isStopped = true
        let waiting = waiting
        self.waiting = []
        for connection in waiting { connection.close() }
    }
}
