import NIOCore
import Testing

@testable import RedisStore

@Suite struct CommandEncoderTests {
    @Test func `a command is the list of its words`() {
        let command = RedisCommand("SET", "key", .bytes(ByteBuffer(bytes: [0, 13, 10])), 5, "")
        let expected = "*5\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\n\0\r\n\r\n$1\r\n5\r\n$0\r\n\r\n"
        #expect(CommandEncoder.encode(command) == ByteBuffer(string: expected))
    }

    @Test func `any command is read back as it was`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let arguments = (0..<Int.random(in: 0...30, using: &random)).map { _ -> RedisArgument in
                let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                return Bool.random(using: &random) ? .bytes(ByteBuffer(bytes: bytes)) : .text(String(decoding: bytes, as: UTF8.self))
            }
            let command = RedisCommand("NAME", arguments)
            let encoded = try #require(CommandEncoder.encode(command))
            #expect(encoded.readableBytes <= command.size)
            let expected = arguments.map { argument -> RedisValue in
                switch argument {
                case .text(let text): .bulk(ByteBuffer(string: text))
                case .bytes(let bytes): .bulk(bytes)
                }
            }
            var values: [RedisValue] = []
            try ReplyReader(limit: 1 << 20).read(encoded) { values.append($0) }
            #expect(values == [.array([.bulk(ByteBuffer(string: "NAME"))] + expected)])
        }
    }
}
