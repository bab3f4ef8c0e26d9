import NIOCore
import NIOHTTP1

/// From where a request comes, as far as the gateway believes it.
struct IngressAttribution {
    let address: String
    let isLoopback: Bool
    /// The first header that says that a proxy has forwarded the request.
    let forwardingHeader: String?

    init(_ headers: HTTPHeaders, from peer: SocketAddress?) {
        address = peer?.ipAddress ?? "unix"
        isLoopback = address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
        forwardingHeader = headers.lazy.map { $0.name.lowercased() }.first { $0 == "forwarded" || $0 == "x-real-ip" || $0.hasPrefix("x-forwarded-") }
    }

    /// A program on this machine that nobody has forwarded.
    var isLocalDirect: Bool { isLoopback && forwardingHeader == nil }
}
