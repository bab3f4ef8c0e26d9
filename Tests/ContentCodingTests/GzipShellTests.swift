import ContentCoding
import Foundation
import Testing

@Suite struct GzipShellTests {
    private static let texts = ["", "a", String(repeating: "a text that becomes smaller ", count: 4_000), "caf\u{E9} \u{1F980}"]

    @Test(arguments: texts, texts)
    func `what comes out is what was put together, in one member`(_ before: String, _ after: String) throws {
        let shell = try #require(GzipShell(before: before.utf8, after: after.utf8))
        for middle in Self.texts + ["another", "a name"] {
            let piece = try #require(GzipShell.Piece(middle.utf8))
            let stream = shell.before + piece.bytes + shell.after + shell.trailer(around: piece)
            #expect(try decode(stream) == Array((before + middle + after).utf8))
        }
    }

    /// Of one member only, and nothing behind it: that is what browsers do.
    private func decode(_ stream: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sys, zlib
            d = zlib.decompressobj(31)
            text = d.decompress(sys.stdin.buffer.read())
            assert d.eof and not d.unused_data
            sys.stdout.buffer.write(text)
            """,
        ]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(stream))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "the bytes were refused")
        return Array(output)
    }
}
