import CMongoC

/// One document of libbson; freed with its owner.
@safe struct BSONBytes: ~Copyable {
    private let owned: OpaquePointer

    init(_ document: Document) {
        // Not nil: libbson ends the process where there is no memory.
        unsafe owned = libmongoc.bson_new()!
        for field in document.fields { append(field.name, field.value) }
    }

    private init(array: [BSONValue]) {
        unsafe owned = libmongoc.bson_new()!
        for (index, value) in array.enumerated() { append("\(index)", value) }
    }

    deinit { unsafe libmongoc.bson_destroy(owned) }

    /// Gives `body` what libmongoc takes, for as long as it runs.
    static func with<Result>(_ document: Document, _ body: (OpaquePointer) -> Result) -> Result {
        unsafe BSONBytes(document).use(body)
    }

    static func with<Result>(_ first: Document, _ second: Document, _ body: (OpaquePointer, OpaquePointer) -> Result) -> Result {
        unsafe with(first) { first in unsafe with(second) { unsafe body(first, $0) } }
    }

    private func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(owned) }

    /// A copy of what `bson` holds; empty where that is no document.
    static func read(_ bson: OpaquePointer) -> Document { unsafe BSONReader.document(bytes(bson)) ?? [:] }

    static func bytes(_ bson: OpaquePointer) -> [UInt8] {
        guard let start = unsafe libmongoc.bson_get_data(bson) else { return [] }
        // A document begins with its length.
        let count = unsafe Int32(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: Int32.self))
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    private func append(_ name: String, _ value: BSONValue) {
        let length = Int32(name.utf8.count)
        let isAppended =
            switch value {
            case .text(var text):
                text.withUTF8 { bytes in
                    unsafe bytes.withMemoryRebound(to: CChar.self) {
                        unsafe libmongoc.bson_append_utf8(owned, name, length, $0.baseAddress, Int32($0.count))
                    }
                }
            case .integer(let value): unsafe libmongoc.bson_append_int64(owned, name, length, value)
            case .number(let value): unsafe libmongoc.bson_append_double(owned, name, length, value)
            case .bool(let value): unsafe libmongoc.bson_append_bool(owned, name, length, value)
            case .date(let milliseconds): unsafe libmongoc.bson_append_date_time(owned, name, length, milliseconds)
            case .bytes(let bytes): unsafe libmongoc.bson_append_binary(owned, name, length, BSON_SUBTYPE_BINARY, bytes, UInt32(bytes.count))
            case .document(let document): unsafe Self.with(document) { unsafe libmongoc.bson_append_document(owned, name, length, $0) }
            case .array(let values): unsafe BSONBytes(array: values).use { unsafe libmongoc.bson_append_array(owned, name, length, $0) }
            case .pattern(let pattern): unsafe libmongoc.bson_append_regex(owned, name, length, pattern, "")
            case .null: unsafe libmongoc.bson_append_null(owned, name, length)
            case .other: true
            }
        precondition(isAppended, "a document is too large for BSON")
    }
}

/// What libmongoc answers to one call; freed with its owner.
@safe struct BSONReply: ~Copyable {
    private let memory: UnsafeMutableRawPointer

    init() {
        // The size and alignment of a bson_t, which are fixed: programs have them on their stacks. One made by
        // bson_new would not be freed, since the calls initialize what they fill.
        unsafe memory = .allocate(byteCount: 128, alignment: 128)
        // Not every path of every call writes an answer.
        unsafe libmongoc.bson_init(pointer)
    }

    deinit {
        unsafe libmongoc.bson_destroy(pointer)
        unsafe memory.deallocate()
    }

    /// Valid while this is; to be filled once.
    var pointer: OpaquePointer { unsafe OpaquePointer(memory) }

    var document: Document { unsafe BSONBytes.read(pointer) }
}
