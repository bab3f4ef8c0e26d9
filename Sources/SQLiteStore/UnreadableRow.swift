/// A row that a newer version of the program has written, or somebody else.
struct UnreadableRow: Error, CustomStringConvertible {
    let table: String
    let column: String

    var description: String { "a row of \(table) cannot be read: this program does not know what stands in \(column)" }

    /// - Throws: itself, where `value` is `nil`.
    static func known<Value>(_ value: Value?, _ table: String, _ column: String) throws -> Value {
        guard let value else { throw UnreadableRow(table: table, column: column) }
        return value
    }
}
