import Gateway
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// A stream of events (WHATWG HTML, "Server-sent events") that tells an open page what to look at again, and the words of
/// the conversation that it shows.
///
/// Ends with an event `ended` when the session does, and when the page is left.
struct LiveStream: Sendable {
    enum Signal: Sendable {
        case event(GatewayEvent)
        case state(GatewayLink.State)
        case beat
        case ended
    }

    let link: GatewayLink
    let role: GatewayRole
    /// The conversation whose words are told; `nil` for none.
    let session: String?
    /// Gives nothing, and ends when the session does.
    let ending: AsyncStream<Void>
    let pause: @Sendable (Duration) async throws -> Void
    /// Kept as long as the stream is open.
    let seat: LiveSeats.Seat
    /// Has a function called when the client goes away.
    let watch: @Sendable (@escaping @Sendable () -> Void) -> Void

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
                let (signals, sender) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(512))
                // Else that would be noticed with the next word only, and the seat stay taken until then.
                watch { sender.finish() }
                var frames = session.map { ChatFrames(session: $0) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await event in link.events() { sender.yield(.event(event)) } }
                    group.addTask { for await state in link.states() { sender.yield(.state(state)) } }
                    group.addTask {
                        while true {
                            try await pause(.seconds(15))
                            sender.yield(.beat)
                        }
                    }
                    group.addTask {
                        for await _ in ending {}
                        sender.yield(.ended)
                        sender.finish()
                    }
                    defer { group.cancelAll() }
                    for await signal in signals {
                        guard let text = Self.text(of: signal, role, session, &frames) else { continue }
                        try await writer.write(ByteBuffer(string: text))
                    }
                }
                _ = seat
                try await writer.finish(nil)
            })
    }

    /// `nil` where the page has nothing to do.
    static func text(of signal: Signal, _ role: GatewayRole, _ session: String?, _ frames: inout ChatFrames?) -> String? {
        switch signal {
        case .beat: return ": still here\n\n"
        case .ended: return "event: ended\ndata: session\n\n"
        case .state(let state):
            let word =
                switch state {
                case .connecting: "connecting"
                case .ready: "ready"
                case .unavailable(let problem): problem.kind.rawValue
                }
            return "event: link\ndata: \(word)\n\n"
        case .event(let event):
            var text = ""
            if let frame = frames?.next(event) { text += "event: chat\ndata: \(frame.text)\n\n" }
            let topics = LiveTopic.touched(by: event, role: role, session: session)
            if !topics.isEmpty { text += "event: change\ndata: \(topics.map(\.rawValue).joined(separator: " "))\n\n" }
            return text.isEmpty ? nil : text
        }
    }
}

extension HTTPField.Name {
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
