import Hummingbird
import NIOCore
import Site

/// What `make dev` adds: a stream that names the edition being served, at once
/// and after every save, so that a page made from an older one reloads itself.
struct DevelopmentRoutes: Sendable {
    let site: PublishedSite
    let signal: ReloadSignal

    func events(_ request: Request, _ context: WebContext) -> Response {
        let saves = signal.listen()
        let site = site
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                func nameEdition() -> ByteBuffer { ByteBuffer(string: "event: edition\ndata: \(site.current.site.name)\n\n") }
                try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
                try await writer.write(nameEdition())
                for await _ in saves { try await writer.write(nameEdition()) }
                try await writer.finish(nil)
            })
    }
}
