import NIOCore

/// Sends what the intake holds over one connection and hands each answer to its caller. Only on its event loop.
final class CommandConnection {
    private struct Waiting {
        let answer: Answer<RedisValue>
        let size: Int
        let deadline: NIODeadline
    }

    private let loop: any EventLoop
    private let link: RedisLink
    private let intake: CallIntake
    private let limits: RedisLimits
    private let outage: OutageLog
    private let now: @Sendable () -> ContinuousClock.Instant
    private var waiting = CircularBuffer<Waiting>()
    private var watch: Scheduled<Void>?
    /// Answers of this read. They are given when their calls are counted out, so that their callers may call again.
    private var answered: [(answer: Answer<RedisValue>, result: Result<RedisValue, RedisError>)] = []
    private var answeredBytes = 0

    init(
        loop: any EventLoop, link: RedisLink, intake: CallIntake, limits: RedisLimits, outage: OutageLog,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.loop = loop
        self.link = link
        self.intake = intake
        self.limits = limits
        self.outage = outage
        self.now = now
        link.owner = self
    }

    func start() { link.start() }

    func stop() -> EventLoopFuture<Void> {
        let stopped = link.stop()
        end(LinkFailure(.lost, "shut down"))
        return stopped
    }

    /// Sends all calls that came since the last time, in one go.
    func send() {
        let deadline = loop.now + limits.commandDeadline
        for call in intake.fetch() {
            let size = call.bytes.readableBytes
            guard !call.answer.isGiven else {
                intake.release(count: 1, bytes: size)
                continue
            }
            waiting.append(Waiting(answer: call.answer, size: size, deadline: deadline))
            link.write(call.bytes)
        }
        link.flush()
        watchDeadline()
    }

    // MARK: Deadlines

    /// All commands have the same time and are answered in their order, so one timer for the first does for all.
    private func watchDeadline() {
        guard watch == nil, let first = waiting.first else { return }
        watch = loop.assumeIsolated().scheduleTask(deadline: first.deadline) {
            self.watch = nil
            guard let first = self.waiting.first, first.deadline <= self.loop.now else { return self.watchDeadline() }
            self.readOnceMore()
        }
    }

    /// If this loop was late, the answer may have arrived long ago, and is read before the next timer.
    private func readOnceMore() {
        watch = loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.watch = nil
            guard let first = self.waiting.first, first.deadline <= self.loop.now else { return self.watchDeadline() }
            self.link.fail(LinkFailure(.timeout, "no answer in time"))
        }
    }

    private func giveAnswers() {
        guard !answered.isEmpty else { return }
        let answers = answered
        answered.removeAll(keepingCapacity: true)
        intake.release(count: answers.count, bytes: answeredBytes)
        answeredBytes = 0
        for (answer, result) in answers { answer.give(result) }
    }

    private func end(_ failure: LinkFailure) {
        watch?.cancel()
        watch = nil
        let sent = waiting
        waiting.removeAll()
        giveAnswers()
        // Closed before anyone hears of it: who calls again at once is refused.
        let unsent = intake.close(reason: failure.reason, since: now())
        let now = loop.now
        for waiting in sent { waiting.answer.give(.failure(Self.error(failure, isLate: waiting.deadline <= now))) }
        for call in unsent { call.answer.give(.failure(.unavailable(reason: failure.reason))) }
    }

    private static func error(_ failure: LinkFailure, isLate: Bool) -> RedisError {
        switch failure.kind {
        case .timeout where isLate: .timeout
        case .violation: .protocolViolation(failure.reason)
        case .timeout, .lost, .refused: .connectionLost(reason: failure.reason)
        }
    }
}

extension CommandConnection: RedisLinkOwner {
    func linkIsReady() {
        outage.end()
        intake.open()
    }

    func linkReceived(_ value: RedisValue) {
        guard let first = waiting.popFirst() else {
            return link.fail(LinkFailure(.violation, "the server sent an answer that nobody asked for"))
        }
        answeredBytes += first.size
        if case .error(let message) = value {
            answered.append((first.answer, .failure(.server(message))))
        } else {
            answered.append((first.answer, .success(value)))
        }
    }

    func linkReadCompleted() { giveAnswers() }

    func linkIsDown(_ failure: LinkFailure) {
        outage.begin(failure.reason)
        end(failure)
    }
}
