import CLibPQ

/// The words in which libpq is told where to connect, and how.
enum ConnectionOptions {
    /// All that this libpq knows.
    static let known: Set<String> = {
        guard let options = libpq.PQconndefaults() else { return [] }
        defer { unsafe libpq.PQconninfoFree(options) }
        var known: Set<String> = []
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            unsafe known.insert(String(cString: keyword))
            unsafe option += 1
        }
        return known
    }()

    /// For each host by itself, so that one that hangs leaves time for the next.
    static func attempts(_ uri: PostgresURI, _ limits: PostgresLimits) -> [[String: String]] {
        var common = [
            "application_name": "landing", "target_session_attrs": "read-write", "keepalives": "1", "keepalives_idle": "10",
            "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "\(limits.call.milliseconds)",
        ]
        common.merge(uri.options) { _, theirs in theirs }
        common["client_encoding"] = "UTF8"
        common["user"] = uri.user
        common["password"] = uri.password
        common["dbname"] = uri.database
        // Of two settings of one name, the second counts: what the URI has.
        common["options"] = [
            "-c statement_timeout=\(limits.statement.milliseconds)", "-c lock_timeout=\(limits.lock.milliseconds)",
            "-c idle_in_transaction_session_timeout=5000", uri.options["options"],
        ].compactMap(\.self).joined(separator: " ")
        guard !uri.hosts.isEmpty else { return [common] }
        return uri.hosts.map { host in
            var attempt = common
            attempt["host"] = host.name
            if let port = host.port { attempt["port"] = "\(port)" }
            return attempt
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
