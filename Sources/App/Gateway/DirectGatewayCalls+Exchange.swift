import Gateway
import HTTPEdge
import HTTPTypes
import Web

extension DirectGatewayCalls {
    /// Answers a request on its event loop.
    ///
    /// - Returns: whether it does; else nothing has happened.
    func begin(_ exchange: DirectExchange) -> Bool {
        let fields = exchange.fields
        guard !fields.isAboutCaches else { return false }
        let ask = Ask(
            address: exchange.address, cookies: fields.cookies, requestID: exchange.requestID, accept: fields.accept,
            acceptEncoding: fields.acceptEncoding, traceparent: fields.traceparent)
        var asker = exchange.memory as? Asker
        defer { exchange.memory = asker }
        let cancel = begin(ask, asker: &asker) { answer in
            switch answer {
            case .whole(let whole): exchange.send(.ok, whole.more, whole.content, written: whole.fields)
            case .routed(let make): exchange.respond(make)
            }
        }
        guard let cancel else { return false }
        exchange.onDeparture(cancel)
        return true
    }
}
