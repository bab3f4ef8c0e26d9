import CHiredis
import NIOCore

/// Commands as the server reads them.
enum CommandEncoder {
    /// `nil` when there is no memory for it. The formatter counts in 32 bits, so ``RedisCommand/size`` must stay below 1 GiB.
    static func encode(_ command: RedisCommand) -> ByteBuffer? {
        guard command.size < 1 << 30 else { return nil }
        var texts: [UInt8] = Array(command.name.utf8)
        for case .text(let text) in command.arguments { texts += text.utf8 }
        return unsafe texts.withUnsafeBytes { texts in unsafe encode(command, texts: texts) }
    }

    private static func encode(_ command: RedisCommand, texts: UnsafeRawBufferPointer) -> ByteBuffer? {
        var pointers: [UnsafePointer<CChar>?] = unsafe []
        var lengths: [Int] = []
        unsafe pointers.reserveCapacity(command.arguments.count + 1)
        lengths.reserveCapacity(command.arguments.count + 1)
        var offset = 0

        func append(_ bytes: UnsafeRawBufferPointer) {
            unsafe pointers.append(bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            lengths.append(bytes.count)
        }
        func appendText(_ count: Int) {
            unsafe append(UnsafeRawBufferPointer(rebasing: texts[offset..<offset + count]))
            offset += count
        }

        appendText(command.name.utf8.count)
        for argument in command.arguments {
            switch argument {
            case .text(let text): appendText(text.utf8.count)
            // The buffer lives in `command` and is not written to, so its storage stays where it is until the end.
            case .bytes(let bytes): unsafe bytes.withUnsafeReadableBytesWithStorageManagement { bytes, _ in unsafe append(bytes) }
            }
        }
        return withExtendedLifetime(command) { unsafe format(&pointers, lengths) }
    }

    private static func format(_ pointers: inout [UnsafePointer<CChar>?], _ lengths: [Int]) -> ByteBuffer? {
        var formatted: UnsafeMutablePointer<CChar>?
        let count = Int32(lengths.count)
        let size = unsafe pointers.withUnsafeMutableBufferPointer { pointers in
            unsafe lengths.withUnsafeBufferPointer { lengths in
                unsafe Int(redisFormatCommandArgv(&formatted, count, pointers.baseAddress, lengths.baseAddress))
            }
        }
        guard size >= 0, let formatted = unsafe formatted else { return nil }
        defer { unsafe redisFreeCommand(formatted) }
        return unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: formatted, count: size))
    }
}
