public import NIOCore

/// What a listener hears.
public enum RedisMessage: Sendable, Equatable {
    /// From now on messages arrive. Comes first, after each new connection, and after messages were lost:
    /// whoever keeps something up to date by messages looks at all of it now.
    case subscribed
    case message(channel: String, payload: ByteBuffer)
}
