import Gateway
public import Hummingbird
import Logging
import NIOCore

/// What one request carries through the middleware.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The other end of the connection; not necessarily the visitor.
    let peerAddress: String?
    /// The connection, for what is said about it and not on it.
    let channel: any Channel
    /// The visitor, as far as it is known from proxies that are trusted.
    var clientAddress: String?
    /// Whether the answer may hold a part for one person, so that it is made from a page's bytes as they are.
    var mayBePersonal = false
    /// The call that an event loop has begun for this request. The task that answers it is cancelled when the client goes away,
    /// so that nothing else need watch for that.
    var begunCall: BegunCall?
    /// Shown to the visitor and written to the log, so that the two can be brought together.
    var requestID = "-"

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        peerAddress = source.channel.remoteAddress?.ipAddress
    }
}
