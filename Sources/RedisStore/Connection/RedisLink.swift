import NIOCore

/// Keeps one connection: opens it, greets the server, and opens another when it is gone. Only on its event loop.
final class RedisLink {
    private enum Phase {
        case idle
        case opening
        case greeting(any Channel, RedisChannelHandler, Greeting)
        case ready(any Channel, RedisChannelHandler)
        case waiting(Scheduled<Void>)
        case stopped
    }

    weak var owner: (any RedisLinkOwner)?
    private let loop: any EventLoop
    private let endpoint: RedisEndpoint
    private let limits: RedisLimits
    private var backoff: Backoff
    private var phase = Phase.idle
    private var attempt = 0
    private var deadline: Scheduled<Void>?
    private var steadiness: Scheduled<Void>?

    init(loop: any EventLoop, endpoint: RedisEndpoint, limits: RedisLimits, jitter: @escaping @Sendable () -> Double) {
        self.loop = loop
        self.endpoint = endpoint
        self.limits = limits
        backoff = Backoff(limits: limits, jitter: jitter)
    }

    func start() {
        guard case .idle = phase else { return }
        open()
    }

    /// Ends the connection for good. The future is done when it is closed.
    func stop() -> EventLoopFuture<Void> {
        let channel = endConnection()
        if case .waiting(let next) = phase { next.cancel() }
        phase = .stopped
        return channel?.closeFuture ?? loop.makeSucceededVoidFuture()
    }

    /// Ends the connection, and opens another after a while, which a later ``start()`` does not shorten.
    func fail(_ failure: LinkFailure) {
        switch phase {
        case .idle, .waiting, .stopped: return
        case .opening, .greeting, .ready: break
        }
        _ = endConnection()
        let delay = backoff.next(refused: failure.kind == .refused)
        phase = .waiting(loop.assumeIsolated().scheduleTask(in: delay) { self.open() })
        owner?.linkIsDown(failure)
    }

    /// Writes without flushing; what is written while there is no connection is gone.
    func write(_ bytes: ByteBuffer) {
        guard case .ready(let channel, _) = phase else { return }
        channel.write(bytes, promise: nil)
    }

    func flush() {
        guard case .ready(let channel, _) = phase else { return }
        channel.flush()
    }

    private func endConnection() -> (any Channel)? {
        deadline?.cancel()
        steadiness?.cancel()
        switch phase {
        case .greeting(let channel, let handler, _), .ready(let channel, let handler):
            handler.detach()
            channel.close(promise: nil)
            return channel
        case .idle, .opening, .waiting, .stopped: return nil
        }
    }

    private func open() {
        attempt += 1
        phase = .opening
        let attempt = attempt
        deadline = loop.assumeIsolated().scheduleTask(in: limits.connectDeadline) {
            if self.attempt == attempt { self.fail(LinkFailure(.timeout, "no answer in time")) }
        }
        endpoint.connect(on: loop, limits: limits).assumeIsolated().whenComplete { self.opened($0, attempt: attempt) }
    }

    private func opened(_ result: Result<any Channel, any Error>, attempt: Int) {
        switch result {
        case .failure(let error):
            if attempt == self.attempt, case .opening = phase { fail(LinkFailure(.lost, ConnectProblem.describe(error))) }
        case .success(let channel):
            guard attempt == self.attempt, case .opening = phase else { return channel.close(promise: nil) }
            do {
                greet(channel, try channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self))
            } catch {
                // A channel without its handler has closed already.
                fail(LinkFailure(.lost, "the server closed the connection"))
            }
        }
    }

    private func greet(_ channel: any Channel, _ handler: RedisChannelHandler) {
        let greeting = Greeting(endpoint.url)
        phase = .greeting(channel, handler, greeting)
        for bytes in greeting.commands.compactMap(CommandEncoder.encode) { channel.write(bytes, promise: nil) }
        channel.flush()
        handler.attach(self)
    }

    private func becomeReady(_ channel: any Channel, _ handler: RedisChannelHandler) {
        deadline?.cancel()
        phase = .ready(channel, handler)
        // A server that greets and then fails each time is not to be tried without a pause.
        steadiness = loop.assumeIsolated().scheduleTask(in: limits.longestBackoff) { self.backoff.reset() }
        owner?.linkIsReady()
    }
}

extension RedisLink: RedisChannelReceiver {
    func channelReceived(_ value: RedisValue) {
        switch phase {
        case .greeting(let channel, let handler, var greeting):
            let progress = greeting.receive(value)
            phase = .greeting(channel, handler, greeting)
            switch progress {
            case .unfinished: break
            case .finished: becomeReady(channel, handler)
            case .failed(let failure): fail(failure)
            }
        case .ready: owner?.linkReceived(value)
        case .idle, .opening, .waiting, .stopped: break
        }
    }

    func channelReadCompleted() { owner?.linkReadCompleted() }

    func channelEnded(_ failure: LinkFailure) {
        if case .greeting(_, _, let greeting) = phase, failure.kind == .lost, let complaint = greeting.complaint {
            return fail(LinkFailure(.lost, "\(failure.reason) (\(complaint))"))
        }
        fail(failure)
    }
}

/// Who uses a link, on its event loop.
protocol RedisLinkOwner: AnyObject {
    func linkIsReady()
    func linkReceived(_ value: RedisValue)
    /// Nothing more has arrived for now.
    func linkReadCompleted()
    /// Once for each attempt that failed and each connection that ended.
    func linkIsDown(_ failure: LinkFailure)
}
