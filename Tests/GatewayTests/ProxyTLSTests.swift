import TestSupport
import Testing

@testable import Gateway

@Suite struct ProxyTLSTests {
    private static func upstream(_ certificate: TestCertificate) async throws -> RawUpstream {
        return try await RawUpstream(tls: try certificate.server) { request, connection in
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

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a gateway that speaks TLS is asked over it, each connection more than once`(_ host: String) async throws {
        let certificate = try await TestCertificate()
        let upstream = try await Self.upstream(certificate)
        let bench = try ProxyBench("https://\(host):\(upstream.port)", tls: certificate.trusting)
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
        #expect(problem.kind == .untrusted && problem.detail.contains("Nobody whom this machine trusts"), "\(problem)")
        #expect(upstream.requests.isEmpty)
        try await upstream.stop()
    }

    @Test func `one that shows another's certificate is not told the token`() async throws {
        let certificate = try await TestCertificate("DNS:other.example")
        let upstream = try await Self.upstream(certificate)
        let bench = try ProxyBench("https://localhost:\(upstream.port)", tls: certificate.trusting)
        let problem = try await bench.problem { try await bench.get("v1/models") }
        #expect(problem.kind == .untrusted && problem.detail.contains("another host's"), "\(problem)")
        #expect(upstream.requests.isEmpty)
        try await upstream.stop()
    }
}
