import MongoStore
import StoreContracts
import Testing

extension MongoTests {
    @Suite struct ContractTests {
        @Test(arguments: UserStoreContract.allCases)
        func `keeps the contract of accounts`(_ promise: UserStoreContract) async throws {
            try await TestDatabase.run { test, _ in try await promise.check(users: test.users, sessions: test.sessions, links: test.links) }
        }

        @Test(arguments: SessionStoreContract.allCases)
        func `keeps the contract of sessions`(_ promise: SessionStoreContract) async throws {
            try await TestDatabase.run { test, _ in try await promise.check(sessions: test.sessions, users: test.users) }
        }

        @Test(arguments: OneTimeLinkStoreContract.allCases)
        func `keeps the contract of one-time links`(_ promise: OneTimeLinkStoreContract) async throws {
            try await TestDatabase.run { test, _ in try await promise.check(links: test.links, users: test.users) }
        }

        @Test(arguments: EventLogContract.allCases)
        func `keeps the contract of events`(_ promise: EventLogContract) async throws {
            try await TestDatabase.run { test, _ in try await promise.check(test.events) }
        }

        @Test(arguments: AuditLogContract.allCases)
        func `keeps the contract of the audit trail`(_ promise: AuditLogContract) async throws {
            try await TestDatabase.run { test, _ in try await promise.check(test.audit) }
        }
    }
}
