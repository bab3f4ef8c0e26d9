import BlockingCalls
import MongoStore
import PostgresStore
import SQLiteStore
import Telemetry

/// What operators see of the stores of accounts.
extension AccountDatabases {
    /// One that is asked over the network or on the disk.
    private struct Store {
        let choice: AccountStoreChoice
        /// Of a server: why it is not asked just now.
        var outage: CircuitBreak.Outage?
        /// Of the file: why it did not take the last write.
        var problem: String?

        var isUp: Bool { outage == nil && problem == nil }

        var words: String {
            if let outage {
                return "\(choice.rawValue): unavailable for \((ContinuousClock.now - outage.since).components.seconds) s: \(outage.reason)"
            }
            return problem.map { "\(choice.rawValue): not writable: \($0)" } ?? "\(choice.rawValue): ready"
        }
    }

    private var accounts: Store {
        switch choice {
        case .mongodb: Store(choice: choice, outage: mongodb?.outage)
        case .postgres: Store(choice: choice, outage: postgres?.outage)
        case .sqlite: Store(choice: choice, problem: sqlite.problem)
        }
    }

    /// The trail's own store; `nil` where it is that of the accounts.
    private var audit: Store? {
        guard let postgres, choice != .postgres else { return nil }
        return Store(choice: .postgres, outage: postgres.outage)
    }

    /// For `/readyz`: the stores by what they keep, in words without secrets.
    var parts: [(name: String, state: String)] {
        [(name: "accounts", state: accounts.words)] + (audit.map { [(name: "audit", state: $0.words)] } ?? [])
    }

    /// For metrics, as they are when somebody looks.
    @Sendable func samples() -> [Sample] {
        [accounts, audit].compactMap(\.self).map { store in
            .gauge(
                "account_store_up", store.isUp ? 1 : 0, labels: [("store", store.choice.rawValue)],
                help: "Whether the store of accounts or of the audit trail is asked at the moment.")
        }
    }

    /// Asks the servers, so that what is said of them is true also while nobody signs in, and others in their place get
    /// what they need.
    ///
    /// - Throws: what is known then, and need not be said again.
    func check() async throws {
        try await mongodb?.check()
        try await postgres?.check()
    }
}
