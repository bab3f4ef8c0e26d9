import CLibPQ

/// The owner of one result of libpq.
@safe struct PostgresResult: ~Copyable {
    private let result: OpaquePointer

    /// Takes `result` over.
    init(_ result: OpaquePointer) { unsafe self.result = result }

    deinit { unsafe libpq.PQclear(result) }

    /// - Parameter isConnected: whether the connection lives; without it an error is nobody's answer.
    borrowing func answer(isConnected: Bool) throws(PostgresFailure) -> PostgresAnswer {
        switch unsafe libpq.PQresultStatus(result) {
        case PGRES_TUPLES_OK: PostgresAnswer(rows: rows(), count: count)
        case PGRES_COMMAND_OK: PostgresAnswer(rows: [], count: count)
        default: throw failure(isConnected: isConnected)
        }
    }

    private borrowing func failure(isConnected: Bool) -> PostgresFailure {
        guard let state = field("C") else {
            let message = unsafe libpq.PQresultErrorMessage(result).map { unsafe String(cString: $0) } ?? ""
            return PostgresFailure(isConnected ? .unreadable : .unreachable, PostgresFailure.oneLine(message))
        }
        return .refused(field("M") ?? "", state: state)
    }

    /// - Parameter name: as in the protocol's ErrorResponse.
    private borrowing func field(_ name: Unicode.Scalar) -> String? {
        unsafe libpq.PQresultErrorField(result, Int32(name.value)).map { unsafe String(cString: $0) }
    }

    private var count: Int {
        borrowing get { unsafe libpq.PQcmdTuples(result).flatMap { unsafe Int(String(cString: $0)) } ?? 0 }
    }

    private borrowing func rows() -> [PostgresRow] {
        let columns = unsafe libpq.PQnfields(result)
        return unsafe (0..<libpq.PQntuples(result)).map { row in
            PostgresRow((0..<columns).map { unsafe Self.value(result, row: row, column: $0) })
        }
    }

    private static func value(_ result: OpaquePointer, row: Int32, column: Int32) -> [UInt8]? {
        guard unsafe libpq.PQgetisnull(result, row, column) == 0, let value = unsafe libpq.PQgetvalue(result, row, column) else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: value, count: Int(libpq.PQgetlength(result, row, column))))
    }
}
