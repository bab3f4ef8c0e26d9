import Foundation

/// A certificate for TLS that signs itself, with its key, in files that go away with it.
public final class TestCertificate: Sendable {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: TemporaryFolder

    /// In PEM.
    public var certificate: String { "\(folder.path)/certificate.pem" }
    public var key: String { "\(folder.path)/key.pem" }

    /// - Parameter names: whom it is for.
    public init(_ names: String = "DNS:localhost,IP:127.0.0.1") async throws {
        folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard try await eventually(within: .seconds(20), { !process.isRunning }) != nil, process.terminationStatus == 0 else {
            throw Problem(description: "openssl makes no certificate")
        }
    }
}
