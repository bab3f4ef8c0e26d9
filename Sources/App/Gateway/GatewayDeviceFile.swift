import Crypto
import Foundation
import Gateway
import Synchronization

/// Where the identity that the gateway knows this site by is kept: a file in the data folder that only its owner reads.
///
/// Without the file there is a new identity, which the gateway has to be told of again.
struct GatewayDeviceFile: Sendable {
    private struct Content: Codable {
        /// 32 bytes in base64.
        var privateKey: String
        var deviceToken: String?
    }

    let path: String

    /// Reads the identity, or makes one and keeps it.
    ///
    /// - Throws: ``Broken`` where there is a file that holds none; errors of the file system.
    func device(onFailure: @escaping @Sendable (any Error) -> Void) throws -> GatewayDevice {
        let (key, token) = try read() ?? (Curve25519.Signing.PrivateKey(), nil)
        if token == nil { try write(key, nil) }
        let file = self
        let publicKey = Array(key.publicKey.rawRepresentation)
        return GatewayDevice(
            publicKey: publicKey, id: SHA256.hash(data: publicKey).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(),
            sign: { text in
                // `try?`: a key that was made can sign.
                (try? Array(key.signature(for: text))) ?? []
            },
            token: token,
            keep: { token in
                // The gateway's connection waits for nothing on a disk.
                DispatchQueue.global().async {
                    do { try file.write(key, token) } catch { onFailure(error) }
                }
            })
    }

    struct Broken: Error, CustomStringConvertible {
        let path: String

        var description: String { "\(path) holds no identity for the gateway; remove it, and the site makes a new one" }
    }

    private func read() throws -> (Curve25519.Signing.PrivateKey, String?)? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        // `try?`: whatever is wrong with the content, its remedy is the same.
        guard let content = try? JSONDecoder().decode(Content.self, from: data), let bytes = Data(base64Encoded: content.privateKey),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else { throw Broken(path: path) }
        return (key, content.deviceToken)
    }

    private static let writing = Mutex(())

    private func write(_ key: Curve25519.Signing.PrivateKey, _ token: String?) throws {
        let content = Content(privateKey: key.rawRepresentation.base64EncodedString(), deviceToken: token)
        let data = try JSONEncoder().encode(content)
        try Self.writing.withLock { _ in
            let draft = path + ".new"
            // `try?`: mostly there is none.
            try? FileManager.default.removeItem(atPath: draft)
            guard FileManager.default.createFile(atPath: draft, contents: data, attributes: [.posixPermissions: 0o600]) else {
                throw CocoaError(.fileWriteUnknown)
            }
            guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }
}
