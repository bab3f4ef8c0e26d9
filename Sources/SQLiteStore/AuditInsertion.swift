import CSQLiteConfig
import Foundation
import GRDB
import GRDBSQLite
import Identity

/// Writes rows of the audit trail with SQLite's own functions: calls of the gateway are hundreds at a time, and to wrap
/// eleven values and unwrap them again costs as much as the row. To be used within one transaction.
///
/// Many rows go past the table's trigger, which takes half as long as the rest of the row: they look for a row that is there
/// themselves.
@safe struct AuditInsertion {
    private static let names = ["id", "at", "action", "outcome", "actor", "subject", "sessionID", "address", "userAgent", "requestID", "details"]
    static let columns = names.joined(separator: ", ")

    private let database: Database
    private let statement: OpaquePointer
    private let rows: Int

    static func insert(_ events: [AuditEvent], _ database: Database) throws {
        var rest = events[...]
        if rest.count >= rowsAtOnce {
            try enableTriggers(false, database)
            // `try?`: fails only where there is no such setting, and then would have above.
            defer { try? enableTriggers(true, database) }
            let insertion = try AuditInsertion(database, rows: rowsAtOnce)
            while rest.count >= rowsAtOnce {
                try insertion.insert(rest.prefix(rowsAtOnce))
                rest.removeFirst(rowsAtOnce)
            }
        }
        guard !rest.isEmpty else { return }
        let insertion = try AuditInsertion(database, rows: 1)
        for index in rest.indices { try insertion.insert(rest[index...index]) }
    }

    private static let rowsAtOnce = 50

    /// Of this connection alone, whose statements are prepared anew then.
    private static func enableTriggers(_ isOn: Bool, _ database: Database) throws {
        let code = unsafe landing_sqlite3_enable_triggers(database.sqliteConnection, isOn ? 1 : 0)
        if code != SQLITE_OK { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private init(_ database: Database, rows: Int) throws {
        self.database = database
        self.rows = rows
        unsafe statement = try database.cachedStatement(sql: rows == 1 ? Self.one : Self.many).sqliteStatement
    }

    private static let one = sql(rows: 1)
    private static let many = sql(rows: rowsAtOnce)

    private static func sql(rows: Int) -> String {
        let row = "(\(names.map { _ in "?" }.joined(separator: ", ")))"
        let values = repeatElement(row, count: rows).joined(separator: ", ")
        return "INSERT INTO auditEvent (\(columns)) VALUES \(values) ON CONFLICT (id) DO NOTHING"
    }

    private func insert(_ events: ArraySlice<AuditEvent>) throws {
        // All texts stand in one place until the rows are written, so that SQLite need not copy each.
        var texts = Texts(rows: events.count)
        for event in events { try texts.add(event) }
        try unsafe texts.bytes.withUnsafeBufferPointer { bytes in
            for (index, value) in texts.values.enumerated() { try unsafe bind(Int32(index + 1), value, bytes) }
            let code = unsafe sqlite3_step(statement)
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
            guard code == SQLITE_DONE else { throw error(code) }
        }
    }

    private func bind(_ place: Int32, _ value: Texts.Value, _ bytes: UnsafeBufferPointer<UInt8>) throws {
        switch value {
        case .null: try check(unsafe sqlite3_bind_null(statement, place))
        case .number(let number): try check(unsafe sqlite3_bind_int64(statement, place, number))
        case .text(let range):
            let start = unsafe bytes.baseAddress.map { unsafe UnsafeRawPointer($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
            try check(unsafe sqlite3_bind_text(statement, place, start, Int32(clamping: range.count), nil))
        case .blob(let range):
            // Bytes at no address would be NULL.
            guard !range.isEmpty, let start = bytes.baseAddress else { return try check(unsafe sqlite3_bind_zeroblob(statement, place, 0)) }
            try check(unsafe sqlite3_bind_blob(statement, place, start + range.lowerBound, Int32(clamping: range.count), nil))
        }
    }

    private func check(_ code: Int32) throws { if code != SQLITE_OK { throw error(code) } }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }
}

/// The values of some rows, one after the other.
private struct Texts {
    enum Value {
        case null
        case number(Int64)
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    private(set) var bytes: [UInt8] = []
    private(set) var values: [Value] = []

    init(rows: Int) {
        bytes.reserveCapacity(rows * 256)
        values.reserveCapacity(rows * 11)
    }

    mutating func add(_ event: AuditEvent) throws {
        add(event.id)
        values.append(.number(event.at.milliseconds))
        add(event.action.rawValue)
        values.append(.text(place { $0.append(contentsOf: event.outcome.rawValue.utf8) }))
        add(event.actor)
        add(event.subject)
        add(event.sessionID)
        add(event.address)
        add(event.userAgent)
        add(event.requestID)
        try addJSON(event.details)
    }

    private mutating func place(_ append: (inout [UInt8]) -> Void) -> Range<Int> {
        let start = bytes.count
        append(&bytes)
        return start..<bytes.count
    }

    private mutating func add(_ text: String?) {
        guard let text else { return values.append(.null) }
        values.append(.blob(place { $0.append(contentsOf: text.utf8) }))
    }

    private mutating func add(_ id: UUID?) {
        guard let id else { return values.append(.null) }
        values.append(.blob(place { bytes in unsafe withUnsafeBytes(of: id.uuid) { unsafe bytes.append(contentsOf: $0) } }))
    }

    /// `JSONEncoder` costs more than the rest of the row for a few short words, so only what has to be escaped is left to it.
    private mutating func addJSON(_ details: [String: String]) throws {
        guard details.allSatisfy({ Self.isPlain($0.key) && Self.isPlain($0.value) }) else {
            let json = try JSONEncoder().encode(details)
            return values.append(.blob(place { $0.append(contentsOf: json) }))
        }
        values.append(
            .blob(
                place { bytes in
                    var separator = "{\""
                    for (name, value) in details {
                        bytes.append(contentsOf: separator.utf8)
                        bytes.append(contentsOf: name.utf8)
                        bytes.append(contentsOf: "\":\"".utf8)
                        bytes.append(contentsOf: value.utf8)
                        separator = "\",\""
                    }
                    bytes.append(contentsOf: details.isEmpty ? "{}".utf8 : "\"}".utf8)
                }))
    }

    private static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte >= 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C else { return false }
        }
        return true
    }
}
