/// The tables were made by a newer version of the program, which this one must not touch.
public struct NewerDatabase: Error, Sendable, CustomStringConvertible {
    /// The number of the last migration in the database.
    public let version: Int
    /// The number of the last migration of this program.
    public let known: Int

    public var description: String {
        "the tables in PostgreSQL are of version \(version), and this program knows those up to \(known); start the newer landing that made them, "
            + "or set POSTGRES_URI to another database"
    }
}
