import NIOCore

/// One connection that hears all channels that anyone listens to. Only on its event loop.
final class SubscriptionConnection {
    private struct Listener {
        let channels: Set<String>
        let continuation: AsyncStream<RedisMessage>.Continuation
        /// Whether it was told that it hears all its channels on this connection.
        var isSubscribed = false
        /// Whether something did not fit into its buffer, and it does not know.
        var hasMissed = false
    }

    private let loop: any EventLoop
    private let link: RedisLink
    private let limits: RedisLimits
    private let outage: OutageLog
    private var listeners: [Int: Listener] = [:]
    private var isReady = false
    private var isStopped = false
    private var requested: Set<String> = []
    private var confirmed: Set<String> = []
    private var ping: Scheduled<Void>?
    private var isSilent = false

    init(loop: any EventLoop, link: RedisLink, limits: RedisLimits, outage: OutageLog) {
        self.loop = loop
        self.link = link
        self.limits = limits
        self.outage = outage
        link.owner = self
    }

    func stop() -> EventLoopFuture<Void> {
        isStopped = true
        let stopped = link.stop()
        forgetConnection()
        let all = listeners.values
        listeners = [:]
        for listener in all { listener.continuation.finish() }
        return stopped
    }

    func add(_ id: Int, channels: Set<String>, _ continuation: AsyncStream<RedisMessage>.Continuation) {
        guard !isStopped, !channels.isEmpty else { return continuation.finish() }
        listeners[id] = Listener(channels: channels, continuation: continuation)
        link.start()
        guard isReady else { return }
        request(channels.subtracting(requested))
        tellSubscribed()
    }

    func remove(_ id: Int) {
        guard let listener = listeners.removeValue(forKey: id) else { return }
        let unheard = listener.channels.filter { channel in
            requested.contains(channel) && !listeners.values.contains { $0.channels.contains(channel) }
        }
        guard isReady, !unheard.isEmpty else { return }
        requested.subtract(unheard)
        confirmed.subtract(unheard)
        say("UNSUBSCRIBE", unheard)
    }

    private func request(_ channels: Set<String>) {
        guard !channels.isEmpty else { return }
        requested.formUnion(channels)
        say("SUBSCRIBE", channels)
    }

    private func say(_ name: String, _ channels: Set<String>) {
        guard let bytes = CommandEncoder.encode(RedisCommand(name, channels.sorted().map { .text($0) })) else { return }
        link.write(bytes)
        link.flush()
    }

    // MARK: Listeners

    private func tellSubscribed() {
        for (id, listener) in listeners where !listener.isSubscribed && listener.channels.isSubset(of: confirmed) {
            listeners[id]?.isSubscribed = true
            tell(id, .subscribed)
        }
    }

    private func tell(_ id: Int, _ message: RedisMessage) {
        guard let listener = listeners[id] else { return }
        catchUp(id)
        if case .dropped = listener.continuation.yield(message) { listeners[id]?.hasMissed = true }
    }

    /// Tells a listener that it has missed something, as soon as there is room for that.
    private func catchUp(_ id: Int) {
        guard let listener = listeners[id], listener.hasMissed else { return }
        if case .enqueued = listener.continuation.yield(.subscribed) { listeners[id]?.hasMissed = false }
    }

    // MARK: Whether the connection lives

    private func schedulePing() {
        ping = loop.assumeIsolated().scheduleTask(in: limits.subscriptionPing) {
            self.isSilent = true
            self.say("PING", [])
            self.ping = self.loop.assumeIsolated().scheduleTask(in: self.limits.connectDeadline) {
                guard !self.isSilent else { return self.link.fail(LinkFailure(.timeout, "no answer in time")) }
                self.schedulePing()
            }
            for id in self.listeners.keys { self.catchUp(id) }
        }
    }

    private func forgetConnection() {
        isReady = false
        requested = []
        confirmed = []
        ping?.cancel()
        for id in listeners.keys { listeners[id]?.isSubscribed = false }
    }
}

extension SubscriptionConnection: RedisLinkOwner {
    func linkIsReady() {
        outage.end()
        isReady = true
        request(listeners.values.reduce(into: Set()) { $0.formUnion($1.channels) })
        schedulePing()
    }

    func linkReceived(_ value: RedisValue) {
        isSilent = false
        switch value {
        case .array(let parts): receive(parts)
        case .error(let message): link.fail(LinkFailure(.refused, "the server refuses the subscription (\(LinkFailure.quoted(message)))"))
        // PING has another answer while nothing is subscribed.
        case .status: break
        case .null, .integer, .bulk: link.fail(LinkFailure(.violation, "the server sent what is no message"))
        }
    }

    private func receive(_ parts: [RedisValue]) {
        guard parts.count >= 2, case .bulk(let kind) = parts[0] else {
            return link.fail(LinkFailure(.violation, "the server sent what is no message"))
        }
        let channel = parts[1].string ?? ""
        switch String(buffer: kind) {
        case "subscribe":
            guard requested.contains(channel) else { return }
            confirmed.insert(channel)
            tellSubscribed()
        case "unsubscribe":
            // Asked for again in the meantime: what comes between is not heard.
            confirmed.remove(channel)
            for (id, listener) in listeners where listener.channels.contains(channel) { listeners[id]?.isSubscribed = false }
        case "message":
            guard parts.count == 3, case .bulk(let payload) = parts[2] else { return }
            for (id, listener) in listeners where listener.channels.contains(channel) {
                tell(id, .message(channel: channel, payload: payload))
            }
        default: break
        }
    }

    func linkReadCompleted() {}

    func linkIsDown(_ failure: LinkFailure) {
        outage.begin(failure.reason)
        forgetConnection()
    }
}
