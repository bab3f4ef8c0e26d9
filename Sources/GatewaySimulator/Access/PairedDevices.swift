import Synchronization

/// The devices that this gateway knows.
final class PairedDevices: Sendable {
    struct Device: Sendable {
        let publicKey: String
        var scopes: Set<String>
        var token: String
    }

    private let devices = Mutex<[String: Device]>([:])

    func device(_ id: String) -> Device? { devices.withLock { $0[id] } }

    /// - Returns: its token, the one of old where it was paired before.
    func pair(_ id: String, publicKey: String, scopes: [String], token: @autoclosure () -> String) -> String {
        devices.withLock { devices in
            var device = devices[id] ?? Device(publicKey: publicKey, scopes: [], token: token())
            device.scopes.formUnion(scopes)
            devices[id] = device
            return device.token
        }
    }
}
