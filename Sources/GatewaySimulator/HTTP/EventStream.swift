import JSON
import NIOCore

/// A stream of events on an exchange, with the faults that streams may have.
final class EventStream {
    private let exchange: Exchange
    private let core: SimulatorCore
    private var sent = 0
    /// A fault has ended it.
    private var isStuck = false

    init(_ exchange: Exchange, core: SimulatorCore) {
        self.exchange = exchange
        self.core = core
    }

    func begin() {
        exchange.begin(200, [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")])
    }

    func send(_ data: JSONValue, event: String? = nil) { send(data.text, event: event) }

    func send(_ data: String, event: String? = nil) {
        guard !isStuck, !exchange.isGone else { return }
        let faults = core.faults
        if faults.hangsAfterEvents.map({ sent >= $0 }) == true {
            isStuck = true
            return
        }
        if faults.dropsAfterEvents.map({ sent >= $0 }) == true {
            isStuck = true
            return exchange.drop()
        }
        if faults.errorAfterEvents.map({ sent >= $0 }) == true {
            isStuck = true
            write(#"{"error":{"message":"internal error","type":"api_error"}}"#, event: nil)
            write("[DONE]", event: nil)
            return exchange.end()
        }
        sent += 1
        write(data, event: event)
    }

    /// Says nothing; no fault counts it.
    func comment(_ text: String) { if !isStuck { exchange.write(Array("\(text)\n\n".utf8)) } }

    func end() { if !isStuck { exchange.end() } }

    private func write(_ data: String, event: String?) {
        exchange.write(Array("\(event.map { "event: \($0)\n" } ?? "")data: \(data)\n\n".utf8))
    }
}
