import ArgumentParser
import GatewaySimulator

/// `NAME` or `NAME=VALUE`: one thing that is to be wrong.
struct FaultOption: ExpressibleByArgument {
    let apply: @Sendable (inout SimulatorFaults) -> Void

    private enum Kind: Sendable {
        case flag(@Sendable (inout SimulatorFaults) -> Void)
        case number(ClosedRange<Int>, @Sendable (inout SimulatorFaults, Int) -> Void)
        case duration(@Sendable (inout SimulatorFaults, Duration) -> Void)
    }

    private struct Fault: Sendable {
        let name: String
        let kind: Kind
        let help: String

        init(_ name: String, _ kind: Kind, _ help: String) {
            self.name = name
            self.kind = kind
            self.help = help
        }

        /// With an example of its value.
        var usage: String {
            switch kind {
            case .flag: name
            case .number: "\(name)=N"
            case .duration: "\(name)=5s"
            }
        }
    }

    private static let all = [
        Fault("refuse-all", .number(400...599) { $0.refuseAll = .init(rawValue: $1) }, "answer everything with this status"),
        Fault("impostor", .flag { $0.impostor = true }, "answer as the Express program of the older stack"),
        Fault("html", .flag { $0.html = true }, "answer with a page where JSON is expected"),
        Fault("no-rest-api", .flag { $0.restAPIEnabled = false }, "/v1/… is off"),
        Fault("no-rpc", .flag { $0.rpcEnabled = false }, "/api/v1/admin/rpc is off"),
        Fault("first-byte-delay", .duration { $0.firstByteDelay = $1 }, "wait before each answer"),
        Fault("hangs-after-events", .number(0...1_000_000) { $0.hangsAfterEvents = $1 }, "streams stop after N events, connections stay"),
        Fault("drops-after-events", .number(0...1_000_000) { $0.dropsAfterEvents = $1 }, "streams are cut off after N events"),
        Fault("error-after-events", .number(0...1_000_000) { $0.errorAfterEvents = $1 }, "streams say after N events that they have failed"),
        Fault("large-answer-bytes", .number(0...(1 << 40)) { $0.largeAnswerBytes = $1 }, "GET /v1/models answers N bytes"),
        Fault("closes-keep-alive", .flag { $0.closesKeepAliveAfterAnswer = true }, "close after each answer without saying so"),
        Fault("protocol-version", .number(1...99) { $0.protocolVersion = $1 }, "speak another version on sockets (4)"),
        Fault("empty-scopes", .flag { $0.emptyScopes = true }, "grant no scope"),
        Fault("pairing-required", .flag { $0.pairingRequired = true }, "let no device in"),
        Fault("starting", .flag { $0.starting = true }, "never finish to start"),
        Fault("silent", .flag { $0.silent = true }, "accept connections and say nothing"),
        Fault("garbage", .flag { $0.garbage = true }, "answer what is no answer"),
        Fault("tick-interval", .duration { $0.tickInterval = $1 }, "between two signs of life on sockets (15s)"),
    ]

    /// One line each, for the help.
    static let list: String = {
        let width = (all.map(\.usage.count).max() ?? 0) + 2
        return all.map { "  \($0.usage)\(String(repeating: " ", count: width - $0.usage.count))\($0.help)" }.joined(separator: "\n")
    }()

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let fault = Self.all.first(where: { $0.name == parts[0] }) else { return nil }
        let value = parts.count == 2 ? parts[1] : nil
        switch fault.kind {
        case .flag(let change):
            guard value == nil else { return nil }
            apply = change
        case .number(let range, let change):
            guard let value, let number = Int(value), range.contains(number) else { return nil }
            apply = { change(&$0, number) }
        case .duration(let change):
            guard let value, let duration = DurationOption(argument: value)?.duration else { return nil }
            apply = { change(&$0, duration) }
        }
    }
}
