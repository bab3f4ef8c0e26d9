import NIOSSL
import TestSupport
import Testing

@testable import Gateway

@Suite struct ProxyTLSTests {
    private static func upstream(_ certificate: TestCertificate) async throws -> RawUpstream {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        return try await RawUpstream(tls: try NIOSSLContext(configuration: configuration)) { request, connection in
            if request.line.hasPrefix("GET") {
                connection.answer(#"{"data":[]}"#)
            } else {
                connection.beginStream()
                connection.chunk("data: word\n\n")
                connection.chunk("data: [DONE]\n\n")
                connection.endStream()
            }
        }
    }

    private static func trusting(_ certificate: TestCertificate) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificate.certificate)
        return configuration
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a gateway that speaks TLS is asked over it, each connection more than once`(_ host: String) async throws {
        let certificate = try await TestCertificate()
        let upstream = try await Self.upstream(certificate)
        let bench = try ProxyBench("https://\(host):\(upstream.port)", tls: Self.trusting(certificate))
        // One event loop after the other has connections of its own.
        for _ in 0..<10 { #expect(try await bench.get("v1/models").status == 200) }
        #expect(upstream.connections < 10)
        let words = try await bench.post("v1/chat/completions", #"{"stream":true,"messages":[]}"#)
        #expect(try await words.text().contains("data: word"))
        #expect(upstream.requests.allSatisfy { $0.field("authorization") == "Bearer secret" && $0.field("host") == "\(host):\(upstream.port)" })
        await bench.proxy.shutdown()
        try await upstream.stop()
    }

    @Test func `one that nobody vouches for is not told the token`() async throws {
        let upstream = try await Self.upstream(try await TestCertificate())
        let bench = try ProxyBench("https://127.0.0.1:\(upstream.port)")
        let problem = try await bench.problem { try await bench.get("v1/models") }
        #expect(problem.kind == .unreachable && problem.detail.contains("its certificate is not trusted"), "\(problem)")
        #expect(upstream.requests.isEmpty)
        try await upstream.stop()
    }

    @Test func `one that shows another's certificate is not told the token`() async throws {
        let certificate = try await TestCertificate("DNS:other.example")
        let upstream = try await Self.upstream(certificate)
        let bench = try ProxyBench("https://localhost:\(upstream.port)", tls: Self.trusting(certificate))
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .unreachable)
        #expect(upstream.requests.isEmpty)
        try await upstream.stop()
    }
}
