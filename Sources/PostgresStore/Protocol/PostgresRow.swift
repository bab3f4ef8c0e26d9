import FoundationEssentials

/// One row of an answer; its columns are read one after the other.
struct PostgresRow: Sendable {
    private let columns: [[UInt8]?]
    private var position = 0

    init(_ columns: [[UInt8]?]) { self.columns = columns }

    mutating func text() throws(PostgresFailure) -> String { try required(optionalText()) }

    mutating func optionalText() throws(PostgresFailure) -> String? {
        guard let bytes = try next() else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable() }
        return text
    }

    mutating func integer() throws(PostgresFailure) -> Int64 { try required(optionalInteger()) }

    mutating func optionalInteger() throws(PostgresFailure) -> Int64? {
        guard let bytes = try next() else { return nil }
        guard bytes.count == 8 else { throw unreadable() }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    mutating func boolean() throws(PostgresFailure) -> Bool { try required(optionalBoolean()) }

    mutating func optionalBoolean() throws(PostgresFailure) -> Bool? { try next().map { $0 != [0] } }

    mutating func id() throws(PostgresFailure) -> UUID { try required(optionalID()) }

    mutating func optionalID() throws(PostgresFailure) -> UUID? {
        guard let bytes = try next() else { return nil }
        guard let id = UUID(bytes) else { throw unreadable() }
        return id
    }

    mutating func bytes() throws(PostgresFailure) -> [UInt8] { try required(next()) }

    mutating func optionalBytes() throws(PostgresFailure) -> [UInt8]? { try next() }

    mutating func optionalBytesList() throws(PostgresFailure) -> [[UInt8]]? {
        guard let bytes = try next() else { return nil }
        guard let list = Self.elements(bytes[...]) else { throw unreadable() }
        return list
    }

    mutating func time() throws(PostgresFailure) -> Date { try required(optionalTime()) }

    mutating func optionalTime() throws(PostgresFailure) -> Date? {
        guard let microseconds = try optionalInteger() else { return nil }
        return PostgresTime.date(microseconds)
    }

    /// One of the words of `Word`.
    mutating func word<Word: RawRepresentable>(_: Word.Type = Word.self) throws(PostgresFailure) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text()) else { throw unreadable() }
        return word
    }

    /// What to throw about the column that was read last.
    func unreadable() -> PostgresFailure { PostgresFailure(.unreadable, "column \(position) of a row cannot be read") }

    private mutating func next() throws(PostgresFailure) -> [UInt8]? {
        position += 1
        guard position <= columns.count else { throw unreadable() }
        return columns[position - 1]
    }

    private func required<Value>(_ value: Value?) throws(PostgresFailure) -> Value {
        guard let value else { throw unreadable() }
        return value
    }

    /// Of an array of one dimension at most and without NULLs; see ``PostgresValue`` for its form.
    private static func elements(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var rest = bytes
        func number() -> Int? {
            guard rest.count >= 4 else { return nil }
            defer { rest = rest.dropFirst(4) }
            return Int(Int32(truncatingIfNeeded: rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }))
        }
        guard let dimensions = number(), let nulls = number(), number() != nil else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, nulls == 0, let count = number(), number() != nil else { return nil }
        var elements: [[UInt8]] = []
        for _ in 0..<max(0, count) {
            guard let length = number(), length >= 0, length <= rest.count else { return nil }
            elements.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return elements
    }
}
