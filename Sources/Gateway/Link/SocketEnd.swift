/// How a socket ended.
struct SocketEnd: Sendable, Equatable {
    /// `nil` where the connection broke without a word.
    var code: UInt16?
    var reason = ""
    /// This side closed, for something that the other did; otherwise the other side closed.
    var isOurs = false
}
