/// Brings the tables of a database up to date.
enum DatabaseSchema {
    /// - Parameters:
    ///   - deadline: for finding out that there is nothing to do.
    ///   - longDeadline: for doing it, and for waiting until another process has.
    static func prepare(
        _ connection: inout PostgresConnection, _ migrations: [Migration] = Migration.all, until deadline: Deadline, within longDeadline: Deadline
    ) throws(PostgresFailure) {
        do throws(PostgresFailure) {
            if try isUpToDate(&connection, migrations, until: deadline) { return }
            try migrate(&connection, migrations, until: longDeadline)
        } catch {
            switch error.kind {
            case .refused, .unreadable: throw PostgresFailure(.unprepared, "the tables cannot be brought up to date: \(error.reason)")
            case .unreachable, .deadline, .newerDatabase, .unprepared: throw error
            }
        }
    }

    private static func migrate(_ connection: inout PostgresConnection, _ migrations: [Migration], until deadline: Deadline) throws(PostgresFailure) {
        func execute(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresFailure) {
            _ = try connection.execute(sql, parameters, until: deadline)
        }
        let limit = PostgresValue.text("\(max(1, deadline.milliseconds))")
        try execute("BEGIN")
        // For this transaction only.
        try execute("SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true)", [limit])
        // One process does it, the others wait here and find it done.
        try execute("SELECT pg_advisory_xact_lock($1)", [.integer(lock)])
        for schema in ["app", "audit"] where try !isThere("to_regnamespace", schema, &connection, until: deadline) {
            // `IF NOT EXISTS` would ask for the right to make it even where it is there.
            try execute("CREATE SCHEMA \(schema)")
        }
        try execute(
            """
            CREATE TABLE IF NOT EXISTS app.migrations (
                number bigint PRIMARY KEY,
                name text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let version = try version(&connection, until: deadline)
        try refuseNewer(version, migrations)
        for migration in migrations where migration.number > version {
            for statement in migration.statements { try execute(statement) }
            try execute("INSERT INTO app.migrations (number, name) VALUES ($1, $2)", [.integer(Int64(migration.number)), .text(migration.name)])
        }
        try execute("COMMIT")
    }

    private static func isUpToDate(
        _ connection: inout PostgresConnection, _ migrations: [Migration], until deadline: Deadline
    ) throws(PostgresFailure) -> Bool {
        guard try isThere("to_regclass", "app.migrations", &connection, until: deadline) else { return false }
        let version = try version(&connection, until: deadline)
        try refuseNewer(version, migrations)
        return version == migrations.last?.number ?? 0
    }

    private static func refuseNewer(_ version: Int, _ migrations: [Migration]) throws(PostgresFailure) {
        let known = migrations.last?.number ?? 0
        guard version > known else { return }
        let problem = NewerDatabase(version: version, known: known)
        throw PostgresFailure(.newerDatabase(problem), "\(problem)")
    }

    private static func version(_ connection: inout PostgresConnection, until deadline: Deadline) throws(PostgresFailure) -> Int {
        let answer = try connection.execute("SELECT coalesce(max(number), 0) FROM app.migrations", until: deadline)
        guard var row = answer.rows.first else { throw PostgresFailure(.unreadable, "no version") }
        return Int(try row.integer())
    }

    /// - Parameter function: gives NULL where there is no such thing.
    private static func isThere(
        _ function: String, _ name: String, _ connection: inout PostgresConnection, until deadline: Deadline
    ) throws(PostgresFailure) -> Bool {
        let answer = try connection.execute("SELECT \(function)($1) IS NOT NULL", [.text(name)], until: deadline)
        guard var row = answer.rows.first else { throw PostgresFailure(.unreadable, "no answer") }
        return try row.boolean()
    }

    /// Any number that nobody else takes for a lock: `landing` in ASCII.
    private static let lock: Int64 = 0x6C_61_6E_64_69_6E_67
}
