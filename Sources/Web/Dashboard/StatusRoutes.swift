import FoundationEssentials
import HTTPTypes
import Hummingbird
import PageCache
import Rendering

/// Whether the stack works, for everybody: a page without states, which may be kept, and the states, which may not.
struct StatusRoutes: Sendable {
    let site: PublishedSite
    private let parts: StatusReading
    private let now: @Sendable () -> Date

    init(site: PublishedSite, services: DashboardServices) {
        self.site = site
        parts = StatusReading(services.parts, now: services.now)
        now = services.now
    }

    func page(_ request: Request, _ context: WebContext) -> Response {
        let edition = site.current
        let text = edition.documents.status(in: edition.site)
        var response = Response.page(text)
        // What gets a name put into it has no tag.
        guard !context.mayBePersonal else { return response }
        response.headers[.eTag] = Self.tag(of: text)
        if let field = request.headers[.ifNoneMatch], EntityTag.matches(field, response.headers[.eTag] ?? "") {
            return Response(status: .notModified, headers: [.eTag: Self.tag(of: text), .cacheControl: "no-cache", .vary: "Accept"])
        }
        return response
    }

    /// FNV-1a over the text: the same on every replica.
    private static func tag(of text: String) -> String {
        let sum = text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return "\"\(String(sum, radix: 36))\""
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
