import CHiredis
import NIOCore

/// The owner of one hiredis reader: takes bytes as they come, gives values. For one thread at a time.
///
/// The reader itself has no limits: what it announces as `maxbuf` is only how much idle memory it keeps.
/// It holds an unfinished value for ever, looks for the end of an endless line from its beginning each time,
/// and allocates all elements that an array announces. So its objects are made here, and what is pending is looked at.
@safe struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let assembly: ReplyAssembly

    /// A status, an error or a number is one line.
    private static let lineLimit = 64 << 10
    /// Enough for every 64-bit length.
    private static let lengthLimit = 24
    /// The reader moves all it holds whenever it has used a kilobyte, so it gets little at a time.
    private static let portion = 64 << 10

    /// - Parameter limit: bytes that one value may take in memory.
    init(limit: Int) {
        assembly = ReplyAssembly(limit: limit)
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(to: Self.objectFunctions)
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else { fatalError("no memory for a Redis reader") }
        unsafe self.reader = reader
        unsafe reader.pointee.privdata = Unmanaged.passUnretained(assembly).toOpaque()
        unsafe reader.pointee.maxbuf = 4 * Self.portion
    }

    deinit {
        unsafe redisReaderFree(reader)
        unsafe functions.deallocate()
    }

    /// Calls `receive` with each value that is complete with these bytes. After a violation the reader is of no use any more.
    borrowing func read(_ bytes: ByteBuffer, _ receive: (RedisValue) -> Void) throws(ProtocolViolation) {
        var bytes = bytes
        while let portion = bytes.readSlice(length: min(bytes.readableBytes, Self.portion)), portion.readableBytes > 0 {
            let fed = unsafe portion.withUnsafeReadableBytes { bytes in
                unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
            guard fed == REDIS_OK else { throw violation() }
            while let value = try next() { receive(value) }
            try checkPending()
        }
    }

    private borrowing func next() throws(ProtocolViolation) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &reply) == REDIS_OK else { throw violation() }
        guard unsafe reply != nil else { return nil }
        guard let value = assembly.take() else { throw ProtocolViolation(reason: "the server sent a value of an unknown kind") }
        return value
    }

    private borrowing func violation() -> ProtocolViolation {
        switch unsafe reader.pointee.err {
        // Only a refusal of ours ends here.
        case REDIS_ERR_OOM: ProtocolViolation(reason: "the server sent a larger answer than allowed")
        default: ProtocolViolation(reason: "the server sent what is not the Redis protocol")
        }
    }

    /// Whether what was announced, and is not complete, can become an answer at all.
    private borrowing func checkPending() throws(ProtocolViolation) {
        let count = unsafe reader.pointee.len - reader.pointee.pos
        guard count > 0, let start = unsafe reader.pointee.buf.map({ unsafe $0 + reader.pointee.pos }) else { return }
        let pending = unsafe UnsafeRawBufferPointer(start: start, count: count)
        guard unsafe landing_redisReaderPendingType(reader) == REDIS_REPLY_STRING else {
            guard count <= Self.lineLimit else { throw ProtocolViolation(reason: "the server sent an endless line") }
            return
        }
        var length = 0
        for index in 0..<min(count, Self.lengthLimit + 2) {
            let byte = unsafe pending[index]
            if byte == UInt8(ascii: "\r") {
                guard unsafe index + 1 == count || pending[index + 1] == UInt8(ascii: "\n") else {
                    throw ProtocolViolation(reason: "the server sent what is not the Redis protocol")
                }
                break
            }
            guard index < Self.lengthLimit else { throw ProtocolViolation(reason: "the server sent an endless line") }
            // What is no digit is for hiredis to judge, once the line is there.
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { continue }
            length = min(length, 1 << 50) * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard length <= assembly.free else { throw ProtocolViolation(reason: "the server sent a larger answer than allowed") }
    }
}

extension ReplyReader {
    /// Each function answers with any address but none, which stands for "refused".
    private static var objectFunctions: redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        unsafe functions.createString = { task, bytes, count in
            guard let task = unsafe task, let bytes = unsafe bytes, let assembly = unsafe ReplyReader.assembly(task), count <= assembly.free else {
                return nil
            }
            let content = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            let value: RedisValue =
                switch unsafe task.pointee.type {
                case REDIS_REPLY_STATUS: unsafe .status(String(decoding: content, as: UTF8.self))
                case REDIS_REPLY_ERROR: unsafe .error(String(decoding: content, as: UTF8.self))
                default: unsafe .bulk(ByteBuffer(bytes: content))
                }
            return unsafe assembly.append(value, size: count) ? task.pointee.privdata : nil
        }
        unsafe functions.createArray = { task, count in
            guard let task = unsafe task, let assembly = unsafe ReplyReader.assembly(task) else { return nil }
            return unsafe assembly.beginArray(Int(count)) ? task.pointee.privdata : nil
        }
        unsafe functions.createInteger = { task, number in
            guard let task = unsafe task, let assembly = unsafe ReplyReader.assembly(task) else { return nil }
            return unsafe assembly.append(.integer(Int(number))) ? task.pointee.privdata : nil
        }
        unsafe functions.createNil = { task in
            guard let task = unsafe task, let assembly = unsafe ReplyReader.assembly(task) else { return nil }
            return unsafe assembly.append(.null) ? task.pointee.privdata : nil
        }
        // Nothing of the reader's is an object of ours.
        unsafe functions.freeObject = { _ in }
        return functions
    }

    private static func assembly(_ task: UnsafePointer<redisReadTask>) -> ReplyAssembly? {
        guard let address = unsafe task.pointee.privdata else { return nil }
        return unsafe Unmanaged<ReplyAssembly>.fromOpaque(address).takeUnretainedValue()
    }
}
