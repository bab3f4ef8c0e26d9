import CZstd

/// Zstandard (RFC 8878).
enum ZstandardEncoder {
    static func encode(_ input: [UInt8], level: Int32) -> [UInt8]? {
        let bound = ZSTD_compressBound(input.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            let size = unsafe input.withUnsafeBufferPointer { input in
                unsafe ZSTD_compress(output.baseAddress, bound, input.baseAddress, input.count, level)
            }
            count = ZSTD_isError(size) == 0 ? size : 0
        }.nonEmpty
    }
}
