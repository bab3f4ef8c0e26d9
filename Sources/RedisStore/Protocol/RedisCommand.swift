/// A command and its arguments, as bytes that need no quoting.
///
/// All callers share one connection, so a command that changes the connection for the others, or
/// makes them wait, is not sent: ``RedisError/unsupported(_:)``. Several steps in one go are a script (`EVAL`).
public struct RedisCommand: Sendable, Equatable {
    public let name: String
    public let arguments: [RedisArgument]

    public init(_ name: String, _ arguments: RedisArgument...) { self.init(name, arguments) }

    public init(_ name: String, _ arguments: [RedisArgument]) {
        self.name = name
        self.arguments = arguments
    }

    /// Bytes of name and arguments, and of the lengths that stand before each of them.
    var size: Int {
        var size = 32 + name.utf8.count
        for argument in arguments { size += argument.count + 16 }
        return size
    }

    var isShareable: Bool { !Self.unshareable.contains(name.uppercased()) }

    private static let unshareable: Set<String> = [
        "", "AUTH", "HELLO", "SELECT", "RESET", "QUIT", "SHUTDOWN", "MONITOR", "SYNC", "PSYNC", "READONLY", "READWRITE", "ASKING",
        "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE",
        "MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH", "CLIENT",
        "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF",
    ]
}
