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

/// One plain GET that the ``DirectSite`` may answer, and the way back to its client. To be used on ``eventLoop`` only.
public struct DirectExchange: Sendable {
    /// Path and query.
    public let address: String
    public let requestID: String
    public let eventLoop: any EventLoop
    private let answer: NIOLoopBound<DirectAnswer>

    init(_ answer: DirectAnswer, at address: String, requestID: String, _ eventLoop: any EventLoop) {
        self.address = address
        self.requestID = requestID
        self.eventLoop = eventLoop
        self.answer = NIOLoopBound(answer, eventLoop: eventLoop)
    }

    /// The first field of a name; `nil` where there is none.
    ///
    /// - Parameter name: in lower case.
    public func field(_ name: String) -> String? { answer.value.request.field(name) }

    /// The only `Cookie` field; empty where there is none, or several.
    public var cookies: String { answer.value.request.cookies }

    /// Has a function called when the client goes away before it has its answer; one that closes its sending side counts as gone.
    public func onDeparture(_ body: @escaping @Sendable () -> Void) { answer.value.onDeparture = body }

    /// Answers with what is here. Does nothing where the client has gone.
    public func send(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ body: ByteBuffer) { answer.value.send(status, fields, body) }

    /// Answers with what a task makes on the event loop, to which it returns after each wait. The task is cancelled when the
    /// client goes away. What it throws ends the connection.
    public func respond(_ make: @escaping @Sendable (Request, any Channel) async throws -> Response) { answer.value.respond(self, make) }
}
