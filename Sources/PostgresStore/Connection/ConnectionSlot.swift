import Synchronization

/// A place for one connection, which one call at a time uses.
final class ConnectionSlot: Sendable {
    private let connection = Mutex<PostgresConnection?>(nil)

    /// Runs `body` with a connection that lives, made by `open` where there is none. It stays for the next call where it can.
    ///
    /// Nobody else waits for the slot meanwhile: the database gives it to one call only.
    func use<Value: Sendable>(
        open: () throws(PostgresFailure) -> PostgresConnection, _ body: (inout PostgresConnection) throws(PostgresFailure) -> Value
    ) throws(PostgresFailure) -> Value {
        try connection.withLock { held throws(PostgresFailure) in
            if held?.isStale() == true { held = nil }
            if held == nil { held = try open() }
            do throws(PostgresFailure) {
                let value = try body(&held!)
                if held?.isIdle != true { held = nil }
                return value
            } catch {
                if error.spoilsConnection || held?.isIdle != true { held = nil }
                throw error
            }
        }
    }

    func close() { connection.withLock { $0 = nil } }
}
