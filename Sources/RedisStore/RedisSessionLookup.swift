import Identity

/// Finds sessions in Redis before it asks the stores. What goes wrong with Redis is no more than a look-up in the stores.
struct RedisSessionLookup: SessionLookup {
    let cache: RedisSessionCache
    let stores: any SessionLookup

    func known(tokenHash: [UInt8]) -> SessionBearer? { stores.known(tokenHash: tokenHash) }

    var mark: SessionMark? { stores.mark }

    func bearer(tokenHash: [UInt8]) async throws -> SessionBearer? {
        // Without an answer, the stores are asked.
        let finding = try? await cache.find(tokenHash)
        if case .bearer(let bearer) = finding { return bearer }
        guard let bearer = try await stores.bearer(tokenHash: tokenHash) else { return nil }
        // Not kept, it is asked for again.
        switch finding {
        case .ticket(let ticket): try? await cache.keep(bearer, ticket: ticket)
        case .nothing: try? await cache.keepOwner(of: bearer.session)
        default: break
        }
        return bearer
    }
}
