import TestSupport
import Testing

/// Everything that talks to a server, one after the other: deadlines are real.
@Suite(.serialized, .enabled(if: RedisServer.program != nil, "redis-server is not installed: apt-get install redis-server"))
struct RedisTests {}
