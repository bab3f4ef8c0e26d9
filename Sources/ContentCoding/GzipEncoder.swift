import CZlib

/// gzip (RFC 1952) with zlib.
enum GzipEncoder {
    static func encode(_ input: [UInt8], level: Int32) -> [UInt8]? {
        var stream = unsafe z_stream()
        // 15 bits of window, and 16 for a gzip head without name or time, so equal input gives equal output.
        guard unsafe landing_deflateInit2(&stream, level, 15 + 16, 9) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(input.count)))
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe input.withUnsafeBufferPointer { input in
                // zlib's interface is older than const; it does not write to its input.
                unsafe stream.next_in = unsafe UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(bound)
                count = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END ? bound - Int(stream.avail_out) : 0
            }
        }.nonEmpty
    }
}

extension [UInt8] {
    var nonEmpty: [UInt8]? { isEmpty ? nil : self }
}
