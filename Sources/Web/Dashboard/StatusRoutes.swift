import FoundationEssentials
import Hummingbird
import Rendering

/// Whether the stack works, for everybody: the states that belong into the page `/status`, which is kept without them.
struct StatusRoutes: Sendable {
    let site: PublishedSite
    private let parts: StatusReading

    init(site: PublishedSite, services: DashboardServices) {
        self.site = site
        parts = StatusReading(services.parts, now: services.now)
    }

    func parts(_ request: Request, _ context: WebContext) async -> Response {
        let edition = site.current
        let (states, at) = await parts.current()
        return .page(edition.documents.statusParts(StatusBoard(states, at: at), in: edition.site), cacheControl: "no-store")
    }
}

/// The states of the parts, asked for once for all who want to know at one moment.
private actor StatusReading {
    private let ask: @Sendable () async -> [StatusBoard.Part]
    private let now: @Sendable () -> Date
    private var last: (states: [StatusBoard.Part], at: Date)?
    private var open: Task<[StatusBoard.Part], Never>?

    init(_ ask: @escaping @Sendable () async -> [StatusBoard.Part], now: @escaping @Sendable () -> Date) {
        self.ask = ask
        self.now = now
    }

    func current() async -> ([StatusBoard.Part], Date) {
        if let last, (0..<2).contains(now().timeIntervalSince(last.at)) { return last }
        let ask = ask
        let task = open ?? Task { await ask() }
        open = task
        let states = await task.value
        if open == task {
            open = nil
            last = (states, now())
        }
        return (states, last?.at ?? now())
    }
}
