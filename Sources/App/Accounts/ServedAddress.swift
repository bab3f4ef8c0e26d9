import Synchronization

/// Where the site is served, once it is.
final class ServedAddress: Sendable {
    private let address = Mutex<String?>(nil)

    var value: String? {
        get { address.withLock { $0 } }
        set { address.withLock { $0 = newValue } }
    }
}
