import NIOCore

/// An answer that is kept.
struct StoredAnswer: Sendable, Equatable {
    var contentType: String
    var etag: String?
    var lastModified: String?
    /// As callers get it.
    var cacheControl: String
    var freshness: Freshness
    var body: ByteBuffer

    /// Bytes, about.
    var cost: Int { body.readableBytes + 512 }
}

// MARK: - As bytes

extension StoredAnswer {
    private static let version: UInt32 = 0x4C47_4131

    /// - Parameter key: what it is kept under, so that an answer that got to another place is seen to be wrong there.
    func encoded(key: String) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(Self.version)
        for text in [key, contentType, etag ?? "", lastModified ?? "", cacheControl] {
            buffer.writeInteger(UInt32(text.utf8.count))
            buffer.writeString(text)
        }
        buffer.writeInteger(UInt32(clamping: freshness.lifetime))
        buffer.writeInteger(UInt32(clamping: freshness.age))
        buffer.writeInteger(UInt32(body.readableBytes))
        buffer.writeImmutableBuffer(body)
        return Array(buffer.readableBytesView)
    }

    /// - Returns: `nil` for anything but what ``encoded(key:)`` makes.
    init?(decoding bytes: [UInt8], key: String) {
        var buffer = ByteBuffer(bytes: bytes)
        guard buffer.readInteger(as: UInt32.self) == Self.version else { return nil }
        var texts: [String] = []
        for _ in 0..<5 {
            guard let length = buffer.readInteger(as: UInt32.self), let text = buffer.readBytes(length: Int(length)) else { return nil }
            guard let text = String(validating: text, as: UTF8.self) else { return nil }
            texts.append(text)
        }
        guard texts[0] == key, texts[1...].allSatisfy(ForwardedFields.isSafe) else { return nil }
        guard let lifetime = buffer.readInteger(as: UInt32.self), let age = buffer.readInteger(as: UInt32.self) else { return nil }
        guard let length = buffer.readInteger(as: UInt32.self), Int(length) == buffer.readableBytes else { return nil }
        contentType = texts[1]
        etag = texts[2].isEmpty ? nil : texts[2]
        lastModified = texts[3].isEmpty ? nil : texts[3]
        cacheControl = texts[4]
        freshness = Freshness(lifetime: Int(lifetime), age: Int(age))
        body = buffer
    }
}
