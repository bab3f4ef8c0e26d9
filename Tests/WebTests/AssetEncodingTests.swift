import Content
import ContentCoding
import PageCache
import Site
import Synchronization
import Testing

@testable import Web

/// Encodings of files, which a first start makes after it has begun to serve.
@Suite struct AssetEncodingTests {
    private final class Results: KeptResults {
        private let kept = Mutex<[Digest: [UInt8]]>([:])

        func bytes(for key: Digest) -> [UInt8]? { kept.withLock { $0[key] } }

        func keep(_ bytes: [UInt8], for key: Digest) { kept.withLock { $0[key] = bytes } }
    }

    private let catalog = AssetCatalog([
        Asset(
            path: "/site.css", fingerprint: "f1", contentType: "text/css", bytes: Array(String(repeating: "a { color: red }\n", count: 100).utf8),
            pixelSize: nil),
        Asset(path: "/icon.png", fingerprint: "f2", contentType: "image/png", bytes: Array(repeating: 7, count: 1_000), pixelSize: nil),
    ])
    private let encodings = KeptEncodings(Results(), hash: .sha256)

    @Test func `what is not known is served as it is first, and then in every encoding`() throws {
        let first = PreparedAssets(catalog, encodings: encodings, onlyKnown: true)
        #expect(!first.isFinished)
        let plain = try #require(first.responses["/site.css"])
        #expect(ContentCoding.allCases.allSatisfy { plain[$0] == nil })
        let finished = PreparedAssets(catalog, reusing: first, encodings: encodings)
        #expect(finished.isFinished)
        for address in ["/site.css", "/site.f1.css"] {
            let response = try #require(finished.responses[address])
            #expect(ContentCoding.allCases.allSatisfy { response[$0] != nil }, "\(address)")
            // The tag of the bytes as they are stays: they are the same.
            #expect(response.identity.entityTag == first.responses[address]?.identity.entityTag)
        }
        // Pictures have nothing that would take long.
        #expect(finished.responses["/icon.png"] === first.responses["/icon.png"])
    }

    @Test func `what an earlier run has made is there at once`() throws {
        _ = PreparedAssets(catalog, encodings: encodings)
        let next = PreparedAssets(catalog, encodings: encodings, onlyKnown: true)
        #expect(next.isFinished)
        let response = try #require(next.responses["/site.css"])
        #expect(ContentCoding.allCases.allSatisfy { response[$0] != nil })
    }
}
