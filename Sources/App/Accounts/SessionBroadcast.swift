import Foundation
import Identity
import NIOCore
import RedisStore
import ServiceLifecycle

/// Tells the other replicas of sessions that ended, so that their open connections end at once.
///
/// What Redis loses is found by `AccountUpkeep` within a second; requests ask the store anyway.
struct SessionBroadcast: Sendable {
    let client: RedisClient
    /// Tells this process's own words from the others'.
    let id: String

    private static let channel = "landing:sessions-ended"

    func tell(_ ended: Set<UUID>) {
        let words = ([id] + ended.map(\.uuidString)).joined(separator: " ")
        Task {
            // Without Redis the others find out by themselves.
            _ = try? await client.send(RedisCommand("PUBLISH", .text(Self.channel), .text(words)))
        }
    }

    func listener(for endings: SessionEndings) -> some Service { Listener(broadcast: self, endings: endings) }

    private struct Listener: Service {
        let broadcast: SessionBroadcast
        let endings: SessionEndings

        func run() async throws {
            let messages = broadcast.client.subscribe([SessionBroadcast.channel])
            await cancelWhenGracefulShutdown {
                for await message in messages {
                    guard case .message(_, let payload) = message else { continue }
                    let words = String(buffer: payload).split(separator: " ")
                    guard words.first.map(String.init) != broadcast.id else { continue }
                    endings.endHere(Set(words.dropFirst().compactMap { UUID(uuidString: String($0)) }))
                }
            }
        }
    }
}
