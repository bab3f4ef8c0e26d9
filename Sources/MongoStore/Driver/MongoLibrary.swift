import CMongoC
import Synchronization

/// libmongoc as a whole, of which there is one in a process.
enum MongoLibrary {
    private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Does its work once, before anything else of libmongoc is used. It is never undone: connections may live as
    /// long as the process.
    static let start: Void = {
        unsafe mongoc_log_set_handler(
            { level, _, message, _ in
                guard level.rawValue <= MONGOC_LOG_LEVEL_WARNING.rawValue, let message = unsafe message else { return }
                let text = unsafe String(cString: message)
                listener.withLock { $0 }?("libmongoc: \(text)")
            }, nil)
        mongoc_init()
    }()

    /// Tells `listener` what libmongoc warns of, in the place of whom it told before.
    static func tell(_ listener: @escaping @Sendable (String) -> Void) {
        Self.listener.withLock { $0 = listener }
    }
}
