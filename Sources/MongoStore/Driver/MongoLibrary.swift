import CMongoC
import Synchronization

/// libmongoc as a whole, of which there is one in a process.
enum MongoLibrary {
    /// Its functions, or why it cannot be loaded.
    static let loaded = load(LANDING_LIBMONGOC_FILE)

    static func load(_ file: String) -> Result<landing_libmongoc, MongoURIProblem> {
        var functions = landing_libmongoc()
        guard let problem = unsafe landing_libmongoc_load(&functions, file) else { return .success(functions) }
        return unsafe .failure(
            MongoURIProblem("needs libmongoc, which cannot be loaded (\(String(cString: problem)))", remedy: "install the package libmongoc-1.0-0"))
    }

    private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Does its work once, before anything else of libmongoc is used. It is never undone: connections may live as
    /// long as the process.
    static let start: Void = {
        unsafe libmongoc.mongoc_log_set_handler(
            { level, _, message, _ in
                guard level.rawValue <= MONGOC_LOG_LEVEL_WARNING.rawValue, let message = unsafe message else { return }
                let text = unsafe String(cString: message)
                listener.withLock { $0 }?("libmongoc: \(text)")
            }, nil)
        libmongoc.mongoc_init()
    }()

    /// Tells `listener` what libmongoc warns of, in the place of whom it told before.
    static func tell(_ listener: @escaping @Sendable (String) -> Void) {
        Self.listener.withLock { $0 = listener }
    }
}

/// The functions of libmongoc. Whoever has a ``MongoURI`` may call them: without the library there is none.
let libmongoc = {
    switch MongoLibrary.loaded {
    case .success(let functions): return functions
    case .failure(let problem): preconditionFailure("MongoDB \(problem)")
    }
}()
