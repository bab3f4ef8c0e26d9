public import Logging
public import NIOCore
import Synchronization

/// A Redis server, over one connection that all callers share and that is opened again when it is gone.
///
/// Nobody waits for a connection: without one, a command fails at once. May be used from any thread.
/// Must be ended with ``shutdown()``.
public final class RedisClient: Sendable {
    public let url: RedisURL
    private let loop: any EventLoop
    private let intake: CallIntake
    private let commands: NIOLoopBoundBox<CommandConnection>
    private let subscriptions: NIOLoopBoundBox<SubscriptionConnection>
    private let listenerCount = Atomic<Int>(0)
    private let limits: RedisLimits
    private let onCommand: @Sendable (RedisOutcome) -> Void

    /// Reads certificates if ``RedisLimits/certificateAuthorities`` is set, so not to be called on an event loop.
    ///
    /// - Parameters:
    ///   - group: one of its loops does all the work.
    ///   - now: the time, for ``RedisState/unavailable(reason:since:)``.
    ///   - jitter: a random number from 0 up to 1, for each wait between attempts to connect.
    ///   - onCommand: called once for each command, on the caller's task.
    /// - Throws: ``RedisError/configuration(_:)``.
    public init(
        url: RedisURL, group: any EventLoopGroup, limits: RedisLimits = RedisLimits(), logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant, jitter: @escaping @Sendable () -> Double,
        onCommand: @escaping @Sendable (RedisOutcome) -> Void = { _ in }
    ) throws(RedisError) {
        let endpoint = try RedisEndpoint(url, certificateAuthorities: limits.certificateAuthorities)
        let loop = group.next()
        let intake = CallIntake(limits: limits)
        self.url = url
        self.loop = loop
        self.intake = intake
        self.limits = limits
        self.onCommand = onCommand
        var logger = logger
        logger[metadataKey: "redis"] = "\(url)"
        commands = .makeBoxSendingValue(
            CommandConnection(
                loop: loop, link: RedisLink(loop: loop, endpoint: endpoint, limits: limits, jitter: jitter), intake: intake, limits: limits,
                outage: OutageLog(logger, subject: "Redis"), now: now),
            eventLoop: loop)
        subscriptions = .makeBoxSendingValue(
            SubscriptionConnection(
                loop: loop, link: RedisLink(loop: loop, endpoint: endpoint, limits: limits, jitter: jitter), limits: limits,
                outage: OutageLog(logger, subject: "Redis subscription")),
            eventLoop: loop)
    }

    public var state: RedisState { intake.state }

    /// Begins to connect. Does nothing the second time.
    public func start() {
        loop.execute { [commands] in commands.value.start() }
    }

    /// Waits for the first attempt to connect, which ``start()`` begins; later, says at once what ``state`` is.
    ///
    /// - Throws: ``RedisError/unavailable(reason:)`` when the attempt has failed, ``RedisError/timeout``, ``RedisError/cancelled``.
    public func waitUntilReady(within time: TimeAmount) async throws(RedisError) {
        let answer = Answer<Void>()
        let deadline = loop.scheduleTask(in: time) { answer.give(.failure(.timeout)) }
        let result = await answer.wait { intake.awaitFirstAttempt(answer) }
        deadline.cancel()
        try result.get()
    }

    /// Sends a command, and returns what the server answers. Commands of one task are done in their order.
    ///
    /// Takes no longer than ``RedisLimits/commandDeadline``. A cancelled task is free at once.
    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        let result = await result(of: command)
        onCommand(RedisOutcome(result))
        return try result.get()
    }

    private func result(of command: RedisCommand) async -> Result<RedisValue, RedisError> {
        guard command.isShareable else { return .failure(.unsupported(command.name)) }
        // Before the work of formatting, which is for nothing during an outage.
        if let refusal = intake.refusal(size: command.size) { return .failure(refusal) }
        guard let bytes = CommandEncoder.encode(command) else { return .failure(.overloaded) }
        let call = RedisCall(bytes)
        return await call.answer.wait {
            switch intake.add(call) {
            case .first: loop.execute { [commands] in commands.value.send() }
            case .joined: break
            case .refused(let error): call.answer.give(.failure(error))
            }
        }
    }

    /// Hears `channels` until the stream is no longer read, or ``shutdown()`` ends it.
    ///
    /// The first listener opens a connection of its own, which is opened again when it is gone.
    /// Messages of that time are lost, see ``RedisMessage/subscribed``.
    public func subscribe(_ channels: [String]) -> AsyncStream<RedisMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: RedisMessage.self, bufferingPolicy: .bufferingOldest(limits.subscriptionBuffer))
        let id = listenerCount.add(1, ordering: .relaxed).newValue
        let channels = Set(channels)
        continuation.onTermination = { [loop, subscriptions] _ in
            loop.execute { subscriptions.value.remove(id) }
        }
        loop.execute { [subscriptions] in subscriptions.value.add(id, channels: channels, continuation) }
        return stream
    }

    /// Closes both connections; commands fail and streams end. May be called again.
    public func shutdown() async {
        let stopped = loop.flatSubmit { [commands, subscriptions] in
            commands.value.stop().and(subscriptions.value.stop())
        }
        // Fails only if the loop itself has ended, and the connections with it.
        _ = try? await stopped.get()
    }
}
