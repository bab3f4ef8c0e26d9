public import FoundationEssentials
public import Gateway
import NIOCore
import Synchronization

/// What the gateway told lately, kept in memory. Functions may be called from any task.
public final class RecentEvents: Sendable {
    struct Happening: Equatable, Sendable {
        let at: Date
        let what: HappeningView
    }

    private let happenings = Mutex<[Happening]>([])
    private let limit: Int
    private let now: @Sendable () -> Date

    /// - Parameter limit: how many are kept; the oldest go first.
    public init(limit: Int = 200, now: @escaping @Sendable () -> Date) {
        self.limit = limit
        self.now = now
    }

    /// Listens until the task is cancelled.
    public func run(_ link: GatewayLink) async {
        await withTaskGroup { group in
            group.addTask {
                for await event in link.events() {
                    if let happening = HappeningView(event) { self.add(happening) }
                }
            }
            group.addTask {
                for await state in link.states() {
                    if let happening = HappeningView(state) { self.add(happening) }
                    // The gateway tells of conversations only whoever has asked for it. Where it refuses, all else still works.
                    if case .ready(let hello) = state, hello.methods.contains("sessions.subscribe") {
                        _ = try? await link.call("sessions.subscribe", within: .seconds(5))
                    }
                }
            }
        }
    }

    func add(_ what: HappeningView) {
        let happening = Happening(at: now(), what: what)
        happenings.withLock { happenings in
            // The same again only says that it is still so.
            if happenings.last?.what == what, what.kind == "connection" { return }
            happenings.append(happening)
            if happenings.count > limit { happenings.removeFirst(happenings.count - limit) }
        }
    }

    /// The newest first, as far as `role` may see them.
    func newest(for role: GatewayRole, limit: Int = .max) -> [Happening] {
        Array(happenings.withLock { $0 }.reversed().lazy.filter { $0.what.role <= role }.prefix(limit))
    }
}
