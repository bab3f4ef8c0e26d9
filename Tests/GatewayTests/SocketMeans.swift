import Crypto
import Gateway
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// What machine and store give in tests, and what was told to them.
final class SocketMeans: Sendable {
    private struct State {
        var records: [GatewayCallRecord] = []
        var ids = 0
        var skipped = Duration.zero
        var tokens: [String?] = []
        var lines: [String] = []
    }

    private let state = Mutex(State())
    let group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    let key = Curve25519.Signing.PrivateKey()

    var means: GatewayMeans {
        var logger = Logger(label: "test") { [self] _ in LineLog { line in self.state.withLock { $0.lines.append(line) } } }
        logger.logLevel = .trace
        return GatewayMeans(
            now: { [self] in ContinuousClock.now + state.withLock { $0.skipped } },
            jitter: { 0.5 },
            makeID: { [self] in
                state.withLock { state in
                    state.ids += 1
                    return "own-\(state.ids)"
                }
            },
            record: { [self] record in state.withLock { $0.records.append(record) } },
            logger: logger)
    }

    var records: [GatewayCallRecord] { state.withLock { $0.records } }

    /// What was logged as a warning or a notice.
    var lines: [String] { state.withLock { $0.lines } }

    /// Each device token that was kept or forgotten.
    var tokens: [String?] { state.withLock { $0.tokens } }

    /// Lets time pass.
    func skip(_ time: Duration) { state.withLock { $0.skipped += time } }

    func device(token: String? = nil) -> GatewayDevice {
        let publicKey = Array(key.publicKey.rawRepresentation)
        let id = SHA256.hash(data: publicKey).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return GatewayDevice(
            publicKey: publicKey, id: id, sign: { [key] in Array(try! key.signature(for: $0)) }, token: token,
            keep: { [self] token in state.withLock { $0.tokens.append(token) } })
    }
}

private struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let write: @Sendable (String) -> Void

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.level >= .notice { write("\(event.message)") }
    }
}
