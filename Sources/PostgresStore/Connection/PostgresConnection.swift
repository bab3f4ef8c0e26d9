import CLibPQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The owner of one connection of libpq, which never waits longer than it is told. For one thread at a time.
@safe struct PostgresConnection: ~Copyable {
    private let connection: OpaquePointer

    /// Takes `connection` over.
    private init(_ connection: OpaquePointer) { unsafe self.connection = connection }

    deinit { unsafe libpq.PQfinish(connection) }

    /// Connects to the first host that lets it.
    ///
    /// - Parameters:
    ///   - attempts: for each host its options.
    ///   - limit: for one host.
    static func open(_ attempts: [[String: String]], limit: Duration, until deadline: Deadline) throws(PostgresFailure) -> PostgresConnection {
        var failures: [String] = []
        for options in attempts {
            do throws(PostgresFailure) {
                var connection = try PostgresConnection(options)
                try connection.connect(until: deadline.within(limit))
                return connection
            } catch { failures.append(error.reason) }
        }
        throw PostgresFailure(.unreachable, failures.joined(separator: "; "))
    }

    private init(_ options: [String: String]) throws(PostgresFailure) {
        let keys = options.keys.sorted()
        let connection = unsafe Self.withCStrings(keys) { keys in
            unsafe Self.withCStrings(options.sorted { $0.key < $1.key }.map(\.value)) { values in unsafe libpq.PQconnectStartParams(keys, values, 0) }
        }
        guard let connection = unsafe connection else { throw PostgresFailure(.unreachable, "no memory for a connection") }
        unsafe self.init(connection)
        // Otherwise notices are written to the standard error.
        _ = unsafe libpq.PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    private mutating func connect(until deadline: Deadline) throws(PostgresFailure) {
        guard unsafe libpq.PQstatus(connection) != CONNECTION_BAD else { throw lost() }
        var events = Int16(POLLOUT)
        while true {
            guard try wait(for: events, until: deadline) != 0 else { throw PostgresFailure(.unreachable, "no connection in time") }
            switch unsafe libpq.PQconnectPoll(connection) {
            case PGRES_POLLING_OK:
                guard unsafe libpq.PQsetnonblocking(connection, 1) == 0 else { throw lost() }
                return
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: throw lost()
            }
        }
    }

    /// Whether the server has ended it, or something is left of a statement.
    mutating func isStale() -> Bool {
        // More than a few messages nobody sends to a connection that does nothing.
        for _ in 0..<16 {
            // An error of the look is an error of the connection.
            guard let ready = try? look() else { return true }
            guard ready != 0 else { return !isIdle }
            guard unsafe libpq.PQconsumeInput(connection) == 1, unsafe libpq.PQisBusy(connection) == 0 else { return true }
        }
        return true
    }

    /// Whether it is connected, and between two statements outside a transaction.
    var isIdle: Bool {
        unsafe libpq.PQstatus(connection) == CONNECTION_OK && libpq.PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// One statement, which the server does as a transaction of its own unless one has begun.
    mutating func execute(_ sql: String, _ parameters: [PostgresValue] = [], until deadline: Deadline) throws(PostgresFailure) -> PostgresAnswer {
        let sent = unsafe EncodedParameters(parameters).withAddresses { count, types, values, lengths, formats in
            unsafe libpq.PQsendQueryParams(connection, sql, count, types, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
        try flush(until: deadline)
        var outcome: Result<PostgresAnswer, PostgresFailure>?
        while let result = try nextResult(until: deadline) {
            let isConnected = unsafe libpq.PQstatus(connection) == CONNECTION_OK
            let next = Result { () throws(PostgresFailure) in try result.answer(isConnected: isConnected) }
            // A server that ends the connection says so after what it has done.
            if case .success? = outcome, case .failure(let failure) = next {
                throw PostgresFailure(.unreachable, failure.reason)
            }
            outcome = outcome ?? next
        }
        guard let outcome else { throw lost() }
        return try outcome.get()
    }

    private mutating func flush(until deadline: Deadline) throws(PostgresFailure) {
        while true {
            switch unsafe libpq.PQflush(connection) {
            case 0: return
            case 1:
                let ready = try wait(for: Int16(POLLIN | POLLOUT), until: deadline)
                guard ready != 0 else { throw tooLate() }
                // Otherwise both sides might wait until the other reads.
                if ready & Int16(POLLIN) != 0, unsafe libpq.PQconsumeInput(connection) != 1 { throw lost() }
            default: throw lost()
            }
        }
    }

    private mutating func nextResult(until deadline: Deadline) throws(PostgresFailure) -> PostgresResult? {
        while unsafe libpq.PQisBusy(connection) == 1 {
            guard try wait(for: Int16(POLLIN), until: deadline) != 0 else { throw tooLate() }
            // What came before the end of the connection is still to be read as results.
            guard unsafe libpq.PQconsumeInput(connection) == 1 || libpq.PQisBusy(connection) == 0 else { throw lost() }
        }
        guard let result = unsafe libpq.PQgetResult(connection) else { return nil }
        return unsafe PostgresResult(result)
    }

    /// Waits until the socket is ready; 0 where it was not in time.
    private func wait(for events: Int16, until deadline: Deadline) throws(PostgresFailure) -> Int16 {
        while true {
            if let ready = try poll(events, milliseconds: deadline.milliseconds) { return ready }
        }
    }

    /// What can be read without waiting.
    private func look() throws(PostgresFailure) -> Int16 {
        while true {
            if let ready = try poll(Int16(POLLIN), milliseconds: 0) { return ready }
        }
    }

    /// `nil` where a signal came between.
    private func poll(_ events: Int16, milliseconds: Int32) throws(PostgresFailure) -> Int16? {
        // It is another after an attempt with another address.
        var descriptor = unsafe pollfd(fd: libpq.PQsocket(connection), events: events, revents: 0)
        guard descriptor.fd >= 0 else { throw lost() }
        switch unsafe systemPoll(&descriptor, 1, milliseconds) {
        case 0: return 0
        case 1...: return descriptor.revents
        default:
            guard errno == EINTR else { throw PostgresFailure(.unreachable, "the connection cannot be waited for: error \(errno)") }
            return nil
        }
    }

    private func lost() -> PostgresFailure {
        PostgresFailure(.unreachable, PostgresFailure.oneLine(unsafe libpq.PQerrorMessage(connection).map { unsafe String(cString: $0) } ?? ""))
    }

    private func tooLate() -> PostgresFailure { PostgresFailure(.deadline, "no answer in time") }

    /// The addresses end with none, and hold within `body` only.
    private static func withCStrings<Value>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value) -> Value {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for text in texts {
            offsets.append(bytes.count)
            bytes += text.utf8CString
        }
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            let addresses: [UnsafePointer<CChar>?] = unsafe offsets.map { offset in unsafe bytes.baseAddress.map { unsafe $0 + offset } } + [nil]
            return unsafe addresses.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
        }
    }
}

/// `poll` by a name that ``PostgresConnection/poll(_:milliseconds:)`` does not hide.
private let systemPoll = unsafe poll
