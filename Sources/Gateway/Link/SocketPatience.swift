import NIOCore

/// How long sockets wait for what.
struct SocketPatience: Sendable {
    /// From the beginning of a connection to the gateway's greeting.
    var handshake = TimeAmount.seconds(15)
    /// Between attempts to connect: the first, and the longest.
    var shortestPause = TimeAmount.seconds(1)
    var longestPause = TimeAmount.seconds(30)
    /// Between attempts where somebody has to correct something first.
    var refusedPause = TimeAmount.seconds(60)
    /// Between two pings to a browser.
    var ping = TimeAmount.seconds(15)
    /// How long the gateway may take to end what a browser has left behind.
    var abort = TimeAmount.milliseconds(500)
}
