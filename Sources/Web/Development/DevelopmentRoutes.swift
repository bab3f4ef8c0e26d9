import Hummingbird
import NIOCore

/// What `make dev` adds: a stream of events that reloads open pages.
struct DevelopmentRoutes: Sendable {
    let signal: ReloadSignal

    func events(_ request: Request, _ context: WebContext) -> Response {
        let saves = signal.listen()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
                for await _ in saves { try await writer.write(ByteBuffer(string: "event: reload\ndata: {}\n\n")) }
                try await writer.finish(nil)
            })
    }
}
