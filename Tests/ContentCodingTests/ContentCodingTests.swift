import ContentCoding
import Foundation
import Testing

@Suite struct ContentCodingTests {
    private let text = Array(String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 400).utf8)

    @Test(arguments: [(ContentCoding.gzip, "gzip -dc"), (.brotli, "brotli -dc"), (.zstandard, "zstd -dc")])
    func `what is encoded is decoded to the same bytes by the tool of that coding`(_ coding: ContentCoding, _ decoder: String) throws {
        for effort in [ContentCoding.Effort.quick, .thorough] {
            let encoded = try #require(coding.encode(text, effort: effort))
            #expect(encoded.count < text.count / 10)
            #expect(try run(decoder, input: encoded) == text)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `what would not become smaller is left alone`(_ coding: ContentCoding) {
        #expect(coding.encode(Array("short".utf8), effort: .thorough) == nil)
        let noise = (0..<4_096).map { _ in UInt8.random(in: 0...255) }
        #expect(coding.encode(noise, effort: .quick) == nil)
    }

    @Test(arguments: ContentCoding.allCases)
    func `equal bytes give equal output`(_ coding: ContentCoding) {
        #expect(coding.encode(text, effort: .thorough) == coding.encode(text, effort: .thorough))
    }

    @Test(arguments: [
        ("gzip, deflate, br, zstd", ContentCoding.brotli), ("gzip", .gzip), ("x-gzip", .gzip), ("br;q=0.1, gzip", .gzip), ("*", .brotli),
        ("br;q=0, *", .zstandard), ("GZIP ; Q=0.5", .gzip), ("gzip;q=1.000", .gzip), ("\u{602},br", .brotli),
    ])
    func `the coding that the client wants most is chosen`(_ field: String, _ coding: ContentCoding) {
        #expect(AcceptedCodings(field).best { _ in true } == coding)
    }

    @Test(arguments: ["", "identity", "deflate", "gzip;q=0", "*;q=0", "gzip;q=2", "gzip;q=0.0001", "gzip;q=", ";;;,,,", "br gzip"])
    func `nothing is encoded for a client that does not ask for it`(_ field: String) {
        #expect(AcceptedCodings(field).best { _ in true } == nil)
    }

    private func run(_ command: String, input: [UInt8]) throws -> [UInt8] {
        // A decoder that is not there must fail the test, not end the run.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(command) refused the bytes")
        return Array(output)
    }
}
