import RedisStore
import ServiceLifecycle

/// Ends the connections to Redis when the server stops.
struct RedisService: Service {
    let client: RedisClient

    func run() async throws {
        // Ends with an error only when the server is cut off, and then the same is to be done.
        try? await gracefulShutdown()
        await client.shutdown()
    }
}
