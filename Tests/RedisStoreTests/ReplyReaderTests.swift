import NIOCore
import Testing

@testable import RedisStore

@Suite struct ReplyReaderTests {
    private static let limit = 1 << 20

    private static func read(_ text: String, portion: Int = .max, limit: Int = limit) throws(ProtocolViolation) -> [RedisValue] {
        let reader = ReplyReader(limit: limit)
        var bytes = ByteBuffer(string: text)
        var values: [RedisValue] = []
        while let part = bytes.readSlice(length: min(portion, bytes.readableBytes)), part.readableBytes > 0 {
            try reader.read(part) { values.append($0) }
        }
        return values
    }

    private static let all = "+OK\r\n-ERR no\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n*-1\r\n*0\r\n*4\r\n:1\r\n*2\r\n$0\r\n\r\n*0\r\n-WRONG\r\n+x\r\n"

    @Test(arguments: [1, 2, 3, 7, 1_000]) func `values are the same however their bytes are cut`(_ portion: Int) throws {
        let values = try Self.read(Self.all, portion: portion)
        #expect(
            values == [
                .status("OK"), .error("ERR no"), .integer(-42), .bulk(ByteBuffer(string: "he\r\no")), .null, .null, .array([]),
                .array([.integer(1), .array([.bulk(ByteBuffer()), .array([])]), .error("WRONG"), .status("x")]),
            ])
    }

    @Test func `many values in one piece are read in their order`() throws {
        let values = try Self.read((0..<100_000).map { ":\($0)\r\n" }.joined())
        #expect(values == (0..<100_000).map { .integer($0) })
    }

    @Test(arguments: [
        "hello\r\n", "\0\0\0\0", ":abc\r\n", "$abc\r\n", "*abc\r\n", "$-2\r\n", "*-2\r\n", ":99999999999999999999\r\n", "%1\r\n", "$12\rx",
        "*4294967296\r\n",
    ])
    func `what is no answer is refused`(_ text: String) {
        #expect(throws: ProtocolViolation.self) { try Self.read(text) }
        #expect(throws: ProtocolViolation.self) { try Self.read(text, portion: 1) }
    }

    @Test(arguments: [
        "$99999999999\r\n", "$1048577\r\n", "*1000000000\r\n", "*2147483647\r\n", "$9223372036854775807\r\n",
        String(repeating: "*1\r\n", count: 100), "*10\r\n" + String(repeating: "*20000\r\n", count: 10),
        "+" + String(repeating: "x", count: 100_000), "$" + String(repeating: "0", count: 100), "$-" + String(repeating: "1", count: 100),
        "*2\r\n$800000\r\n" + String(repeating: "x", count: 800_000) + "\r\n$800000\r\n",
    ])
    func `what is more than allowed is refused before it is there`(_ text: String) {
        #expect(throws: ProtocolViolation.self) { try Self.read(text) }
        #expect(throws: ProtocolViolation.self) { try Self.read(text, portion: 1_000) }
    }

    @Test func `the limit is for one value, not for all`() throws {
        let value = "$700000\r\n" + String(repeating: "x", count: 700_000) + "\r\n"
        #expect(try Self.read(value + value + value, portion: 10_000).count == 3)
    }

    @Test func `random bytes never crash it`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("+-:$*0123456789\r\n\r\nx".utf8)
        for _ in 0..<2_000 {
            let reader = ReplyReader(limit: 10_000)
            let isNearlyRight = Bool.random(using: &random)
            let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                isNearlyRight ? alphabet.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
            }
            // Refused or not, it is still there.
            try? reader.read(ByteBuffer(bytes: bytes)) { _ in }
        }
    }
}
