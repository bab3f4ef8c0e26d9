import ContentCoding
import NIOCore

/// A response as processes hand it to each other: content and codings, none of the heads.
///
/// A magic number with the version of the format, then each field with its
/// length in four bytes. Whatever does not read back whole is none.
struct ContentRecord: Equatable {
    var content: ResponseContent
    var encoded: [ContentCoding: [UInt8]]

    private static let magic: UInt32 = 0x4C_50_52_01

    init(content: ResponseContent, encoded: [ContentCoding: [UInt8]]) {
        self.content = content
        self.encoded = encoded
    }

    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(Self.magic)
        for text in [content.contentType, content.cacheControl, content.vary ?? "", content.link ?? ""] {
            buffer.writeInteger(UInt32(text.utf8.count))
            buffer.writeString(text)
        }
        buffer.writeInteger(UInt8(content.acceptsRanges ? 1 : 0))
        for body in [content.body] + ContentCoding.allCases.map({ encoded[$0] ?? [] }) {
            buffer.writeInteger(UInt32(body.count))
            buffer.writeBytes(body)
        }
        return buffer
    }

    init?(_ buffer: ByteBuffer) {
        var buffer = buffer
        func text() -> String? {
            guard let length = buffer.readInteger(as: UInt32.self), let text = buffer.readString(length: Int(length)) else { return nil }
            return text
        }
        func body() -> [UInt8]? {
            guard let length = buffer.readInteger(as: UInt32.self) else { return nil }
            return buffer.readBytes(length: Int(length))
        }
        guard buffer.readInteger(as: UInt32.self) == Self.magic, let contentType = text(), let cacheControl = text(), let vary = text(),
            let link = text(), let ranges = buffer.readInteger(as: UInt8.self), let identity = body()
        else { return nil }
        content = ResponseContent(
            contentType: contentType, cacheControl: cacheControl, vary: vary.isEmpty ? nil : vary, link: link.isEmpty ? nil : link,
            acceptsRanges: ranges == 1, body: identity)
        encoded = [:]
        for coding in ContentCoding.allCases {
            guard let bytes = body() else { return nil }
            if !bytes.isEmpty { encoded[coding] = bytes }
        }
        guard buffer.readableBytes == 0 else { return nil }
    }
}
