import PostgresStore
import StoreContracts
import Testing

extension PostgresTests {
    @Suite struct SessionLookupTests {
        @Test(arguments: SessionLookupContract.allCases)
        func `keeps the contract of look-ups`(_ promise: SessionLookupContract) async throws {
            try await PostgresTests.run { database in
                let sessions = PostgresSessionStore(database)
                try await promise.check([sessions, sessions], sessions: sessions, users: PostgresUserStore(database))
            }
        }
    }
}
