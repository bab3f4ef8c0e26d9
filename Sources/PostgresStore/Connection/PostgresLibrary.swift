import CLibPQ

/// libpq as a whole, of which there is one in a process.
enum PostgresLibrary {
    /// Its functions, or why it cannot be loaded.
    static let loaded = load(LANDING_LIBPQ_FILE)

    static func load(_ file: String) -> Result<landing_libpq, PostgresURIProblem> {
        var functions = landing_libpq()
        return unsafe landing_libpq_load(&functions, file) == nil ? .success(functions) : .failure(.library)
    }
}

/// The functions of libpq. Whoever has a ``PostgresURI`` may call them: without the library there is none.
let libpq = {
    switch PostgresLibrary.loaded {
    case .success(let functions): return functions
    case .failure(let problem): preconditionFailure("PostgreSQL \(problem)")
    }
}()
