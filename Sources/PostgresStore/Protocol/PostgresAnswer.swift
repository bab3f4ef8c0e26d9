/// What came of one statement.
struct PostgresAnswer: Sendable {
    let rows: [PostgresRow]
    /// How many rows the statement gave or changed.
    let count: Int
}
