import FoundationEssentials
import JSON

/// An account of a channel, as `channels.status` tells.
struct ChannelView: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case working, stopped, off, notSetUp, failing
    }

    var channel: String
    var label: String
    var account: String?
    var state: State
    /// What is wrong, as sentences.
    var words: [String]
    var lastInboundAt: Date?
    var lastOutboundAt: Date?

    /// - Parameter account: named where the channel has several.
    init(_ value: JSONValue, channel: String, label: String, account: String?) {
        self.channel = channel
        self.label = label
        self.account = account
        lastInboundAt = value["lastInboundAt"]?.moment
        lastOutboundAt = value["lastOutboundAt"]?.moment
        let error = value["lastError"]?.words(300).map { "The gateway says: \($0)" }
        func flag(_ name: String) -> Bool? { value[name]?.bool }
        if flag("configured") == false {
            (state, words) = (.notSetUp, ["It is not set up: the gateway has no token or number for it."])
        } else if flag("enabled") == false {
            (state, words) = (.off, ["It is turned off in the gateway’s configuration."])
        } else if flag("running") == false {
            state = error == nil ? .stopped : .failing
            words = ["It does not run."] + [error].compactMap(\.self)
        } else if flag("linked") == false {
            (state, words) = (.failing, ["No phone or account is linked to it."] + [error].compactMap(\.self))
        } else if flag("connected") == false {
            (state, words) = (.failing, ["It runs, but is not connected to its service."] + [error].compactMap(\.self))
        } else if let health = value["healthState"]?.words(60), !Self.wellWords.contains(health.lowercased()) {
            (state, words) = (.failing, ["Its health is “\(health)”."] + [error].compactMap(\.self))
        } else {
            (state, words) = (.working, [error].compactMap(\.self))
        }
    }

    var canStart: Bool { state == .stopped || state == .failing && words.first == "It does not run." }
    var canStop: Bool { state == .working || state == .failing && !canStart }

    private static let wellWords: Set<String> = ["healthy", "ok", "ready", "connected", "running", "good", "up", "unknown"]

    /// In the gateway's order.
    static func list(_ answer: JSONValue) -> [ChannelView] {
        let accounts = (answer["channelAccounts"] ?? [:]).object
        let channels = (answer["channels"] ?? [:]).object
        let told = (answer["channelOrder"] ?? []).array.compactMap(\.string)
        let order = told + Set(accounts.keys).union(channels.keys).subtracting(told).sorted()
        var seen: Set<String> = []
        return order.prefix(100).filter { !$0.isEmpty && seen.insert($0).inserted }.flatMap { channel -> [ChannelView] in
            let label = answer["channelLabels"]?[channel]?.words(60) ?? channel.prefix(1).uppercased() + channel.dropFirst().prefix(60)
            let entries = (accounts[channel] ?? []).array.prefix(50)
            if entries.isEmpty {
                guard let value = channels[channel], value != .null else { return [] }
                return [ChannelView(value, channel: channel, label: label, account: nil)]
            }
            return entries.map { entry in
                let name = entry["accountId"]?.words(80)
                let isOnly = entries.count == 1 && (name == nil || name == "default")
                return ChannelView(entry, channel: channel, label: label, account: isOnly ? nil : name)
            }
        }
    }
}
