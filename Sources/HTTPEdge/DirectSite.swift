public import HTTPTypes
public import HummingbirdCore
public import NIOCore

/// What of the site is answered on the event loop of the connection itself: a plain GET goes there from its bytes, past the
/// parser and the queues between event loops and tasks.
///
/// For addresses that do little but pass on what another server says. What is done there counts against everybody on the same
/// event loop, so it must not compute for long, and nothing there may block.
public struct DirectSite: Sendable {
    let takes: @Sendable (_ address: String) -> Bool
    let begin: @Sendable (DirectExchange) -> Bool

    /// - Parameters:
    ///   - takes: whether there may be something at an address, path and query; called for each plain GET that no cache has.
    ///   - begin: begins to answer, or returns `false` without having done anything: then the router answers. Called on the
    ///     event loop.
    public init(takes: @escaping @Sendable (_ address: String) -> Bool, begin: @escaping @Sendable (DirectExchange) -> Bool) {
        self.takes = takes
        self.begin = begin
    }
}

/// What the direct site remembers of a connection. Only on its event loop.
final class ConnectionMemory {
    var value: (any AnyObject & Sendable)?
}

/// Of a plain request what decides how it is answered; `nil` for a field that is not there.
public struct DirectFields: Sendable {
    /// The only `Cookie` field; empty where there is none, or several.
    public let cookies: String
    public let accept: String?
    public let acceptEncoding: String?
    /// The first of its name.
    public let traceparent: String?
    /// Whether it cares about what was kept: `Cache-Control`, `Pragma` or `If-None-Match`.
    public let isAboutCaches: Bool
}

/// One plain GET that the ``DirectSite`` may answer, and the way back to its client. To be used on ``eventLoop`` only.
public struct DirectExchange: Sendable {
    /// May be asked for anywhere.
    public let eventLoop: any EventLoop
    private let answer: NIOLoopBound<DirectAnswer>

    init(_ answer: DirectAnswer) {
        eventLoop = answer.eventLoop
        self.answer = NIOLoopBound(answer, eventLoop: answer.eventLoop)
    }

    /// Path and query.
    public var address: String { answer.value.address }

    public var requestID: String { answer.value.requestID }

    /// What the direct site wants to know with the next exchange of the same connection.
    public var memory: (any AnyObject & Sendable)? {
        get { answer.value.memory.value }
        nonmutating set { answer.value.memory.value = newValue }
    }

    /// Of the request's fields what decides about short answers.
    public var fields: DirectFields { answer.value.request.fields }

    /// Has a function called when the client goes away before it has its answer; one that closes its sending side counts as gone.
    public func onDeparture(_ body: @escaping @Sendable () -> Void) { answer.value.onDeparture = body }

    /// Answers with what is here. Does nothing where the client has gone.
    ///
    /// - Parameters:
    ///   - fields: each name once; those that only the edge writes are passed over.
    ///   - written: other fields as they are sent, each with its line end, and none that the edge writes itself.
    public func send(
        _ status: HTTPResponse.Status, _ fields: [(name: HTTPField.Name, value: String)], _ body: ByteBuffer, written: ByteBuffer = ByteBuffer()
    ) {
        answer.value.send(status, fields, body, written: written)
    }

    /// Answers with what a task makes on the event loop, to which it returns after each wait. The task is cancelled when the
    /// client goes away. What it throws ends the connection.
    public func respond(_ make: @escaping @Sendable (Request, any Channel) async throws -> Response) { answer.value.respond(self, make) }
}
