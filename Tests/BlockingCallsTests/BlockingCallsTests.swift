import BlockingCalls
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct BlockingCallsTests {
    private func calls(threads: Int = 1, line: Int = 10, wait: Duration = .seconds(60)) -> BlockingCalls {
        BlockingCalls(name: "test", threads: threads, line: line, wait: wait, now: { ContinuousClock.now })
    }

    @Test func `as many calls block as there are threads, at once, and tasks go on beside them`() async throws {
        let calls = calls(threads: 8)
        let (gate, begun) = (DispatchSemaphore(value: 0), Counts())
        try await withThrowingTaskGroup { group in
            let start = ContinuousClock.now
            for _ in 0..<8 {
                group.addTask {
                    try await calls.run {
                        begun.begin()
                        gate.wait()
                    }
                }
            }
            let time = try await eventually { begun.most == 8 }
            #expect(time.map { $0 < .milliseconds(500) } ?? false, "\(begun.most) have begun after \(ContinuousClock.now - start)")
            let beside = ContinuousClock.now
            await withTaskGroup { tasks in for _ in 0..<100 { tasks.addTask { await Task.yield() } } }
            #expect(ContinuousClock.now - beside < .milliseconds(500))
            for _ in 0..<8 { gate.signal() }
            try await group.waitForAll()
        }
    }

    @Test func `gives back what the call returns or throws`() async throws {
        struct Failure: Error {}
        let calls = calls()
        #expect(try await calls.run { 42 } == 42)
        await #expect(throws: Failure.self) { try await calls.run { throw Failure() } }
    }

    @Test func `never more at once than there are threads`() async throws {
        let calls = calls(threads: 3, line: 100)
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await calls.run {
                        counts.begin()
                        // What blocks is what is tested, and has to last while others try.
                        Thread.sleep(forTimeInterval: 0.002)
                        counts.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.most <= 3)
        // A thread is free a moment after its call has been answered.
        #expect(try await eventually { calls.load == 0 } != nil)
    }

    #if os(Linux)
    @Test func `threads of low priority give way to all others`() async throws {
        let niceness: @Sendable () -> Int32 = { getpriority(Int32(bitPattern: PRIO_PROCESS.rawValue), 0) }
        let low = BlockingCalls(name: "test", threads: 2, line: 10, priority: .low, now: { ContinuousClock.now })
        let (before, during, after) = (try await calls().run(niceness), try await low.run(niceness), try await calls().run(niceness))
        #expect(during == max(before, 10) && after == before)
        #expect(
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<10 { group.addTask { try await low.run { number } } }
                return try await group.reduce(0, +)
            } == 45)
    }
    #endif

    @Test func `who comes to a full line is refused at once`() async throws {
        let calls = calls(threads: 1, line: 1)
        let gate = Gate()
        let running = Task { try await calls.run { gate.wait() } }
        while calls.load < 1 { await Task.yield() }
        let waiting = Task { try await calls.run {} }
        while calls.load < 2 { await Task.yield() }
        await #expect(throws: BlockingCalls.Busy.self) { try await calls.run {} }
        gate.open()
        try await running.value
        try await waiting.value
    }

    @Test func `who has waited too long is refused instead of begun`() async throws {
        let calls = calls(threads: 1, line: 5, wait: .milliseconds(20))
        let gate = Gate()
        let running = Task { try await calls.run { gate.wait() } }
        while calls.load < 1 { await Task.yield() }
        let late = Task { try await calls.run {} }
        while calls.load < 2 { await Task.yield() }
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .milliseconds(30) { await Task.yield() }
        gate.open()
        try await running.value
        await #expect(throws: BlockingCalls.Busy.self) { try await late.value }
    }

    @Test func `a task that is cancelled in the line is free at once`() async throws {
        let calls = calls(threads: 1, line: 5)
        let gate = Gate()
        let running = Task { try await calls.run { gate.wait() } }
        while calls.load < 1 { await Task.yield() }
        let waiting = Task { try await calls.run {} }
        while calls.load < 2 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(calls.load == 1)
        gate.open()
        try await running.value
    }
}

/// How many calls run, and how many ran at most.
private final class Counts: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func begin() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func end() { state.withLock { $0.now -= 1 } }
}

/// Holds a thread until it is let go.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() { semaphore.wait() }

    func open() { semaphore.signal() }
}
