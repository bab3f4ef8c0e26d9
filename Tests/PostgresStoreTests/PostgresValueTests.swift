import Foundation
import Testing

@testable import PostgresStore

@Suite struct PostgresValueTests {
    @Test func `times that no calendar of the server has become the nearest`() {
        for seconds in [Double.infinity, 1e300, 1e17] {
            #expect(PostgresTime.microseconds(Date(timeIntervalSince1970: seconds)) > 8_000_000_000_000_000_000)
        }
        for seconds in [-Double.infinity, -1e300, -1e15] {
            #expect(PostgresTime.microseconds(Date(timeIntervalSince1970: seconds)) == -210_000_000_000_000_000)
        }
        _ = PostgresTime.microseconds(Date(timeIntervalSince1970: .nan))
        #expect(PostgresTime.microseconds(Date(timeIntervalSince1970: 946_684_800)) == 0)
    }

    @Test func `a text loses its NUL characters, whatever stands beside them`() {
        #expect(PostgresValue.text("a\0b\0\u{301}").encoded == Array("ab\u{301}".utf8))
        #expect(PostgresValue.text("\0").encoded == [])
        #expect(PostgresValue.text(nil).encoded == nil)
    }

    @Test func `a row that is not as the tables have it is refused, not misread`() {
        var empty = PostgresRow([])
        #expect(throws: PostgresFailure.self) { try empty.text() }
        var row = PostgresRow([[0xFF], nil, [1, 2, 3], [0, 0, 0, 1]])
        #expect(throws: PostgresFailure.self) { try row.text() }
        #expect(throws: PostgresFailure.self) { try row.integer() }
        #expect(throws: PostgresFailure.self) { try row.id() }
        #expect(throws: PostgresFailure.self) { try row.optionalBytesList() }
    }

    @Test func `lists of bytes come back as they went`() throws {
        for list in [[], [[]], [[0], [1, 2, 3], []]] as [[[UInt8]]] {
            var row = PostgresRow([PostgresValue.bytesList(list).encoded])
            #expect(try row.optionalBytesList() == list)
        }
    }

    @Test func `what libpq says becomes one line without its advice`() {
        let text = "connection to server at \"h\" failed: Connection refused\n\tIs the server running?\nconnection to  server two failed\n"
        #expect(PostgresFailure.oneLine(text) == "connection to server at \"h\" failed: Connection refused; connection to server two failed")
        #expect(PostgresFailure.oneLine("") == "no reason given")
    }
}
