import HTTPEdge
import Web

extension DirectGatewayCalls {
    /// Answers a request on its event loop.
    ///
    /// - Returns: whether it does; else nothing has happened.
    func begin(_ exchange: DirectExchange) -> Bool {
        let ask = Ask(address: exchange.address, cookies: exchange.cookies, requestID: exchange.requestID, field: exchange.field)
        let cancel = begin(ask) { answer in
            switch answer {
            case .whole(let status, let fields, let body): exchange.send(status, fields, body)
            case .routed(let make): exchange.respond(make)
            }
        }
        guard let cancel else { return false }
        exchange.onDeparture(cancel)
        return true
    }
}
