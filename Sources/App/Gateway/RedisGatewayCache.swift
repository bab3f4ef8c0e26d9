import Gateway
import NIOCore
import RedisStore

/// Answers of the gateway that replicas share.
struct RedisGatewayCache: GatewaySharedCache {
    let client: RedisClient

    func bytes(for key: String) async -> [UInt8]? {
        // A cache that does not answer has nothing.
        guard case .bulk(let bytes)? = try? await client.send(RedisCommand("GET", .text("landing:gateway:\(key)"))) else { return nil }
        return Array(bytes.readableBytesView)
    }

    func store(_ bytes: [UInt8], for key: String, seconds: Int) async {
        // What is not kept is asked for again.
        _ = try? await client.send(
            RedisCommand("SET", .text("landing:gateway:\(key)"), .bytes(ByteBuffer(bytes: bytes)), "EX", .text("\(max(1, seconds))")))
    }
}
