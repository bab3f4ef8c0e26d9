import PostgresStore
import StoreContracts
import Testing

extension PostgresTests {
    @Suite struct ContractTests {
        @Test(arguments: UserStoreContract.allCases)
        func `keeps the contract of accounts`(_ promise: UserStoreContract) async throws {
            try await PostgresTests.run { database in
                try await promise.check(
                    users: PostgresUserStore(database), sessions: PostgresSessionStore(database), links: PostgresOneTimeLinkStore(database))
            }
        }

        @Test(arguments: SessionStoreContract.allCases)
        func `keeps the contract of sessions`(_ promise: SessionStoreContract) async throws {
            try await PostgresTests.run { database in
                try await promise.check(sessions: PostgresSessionStore(database), users: PostgresUserStore(database))
            }
        }

        @Test(arguments: OneTimeLinkStoreContract.allCases)
        func `keeps the contract of one-time links`(_ promise: OneTimeLinkStoreContract) async throws {
            try await PostgresTests.run { database in
                try await promise.check(links: PostgresOneTimeLinkStore(database), users: PostgresUserStore(database))
            }
        }

        @Test(arguments: EventLogContract.allCases)
        func `keeps the contract of events`(_ promise: EventLogContract) async throws {
            try await PostgresTests.run { try await promise.check(PostgresEventLog($0)) }
        }

        @Test(arguments: AuditLogContract.allCases)
        func `keeps the contract of the audit trail`(_ promise: AuditLogContract) async throws {
            try await PostgresTests.run { try await promise.check(PostgresAuditLog($0)) }
        }
    }
}
