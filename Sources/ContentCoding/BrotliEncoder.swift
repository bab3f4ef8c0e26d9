import CBrotli

/// Brotli (RFC 7932).
enum BrotliEncoder {
    static func encode(_ input: [UInt8], quality: Int32) -> [UInt8]? {
        let bound = BrotliEncoderMaxCompressedSize(input.count)
        guard bound > 0 else { return nil }
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            var size = bound
            let done = unsafe input.withUnsafeBufferPointer { input in
                unsafe BrotliEncoderCompress(
                    quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, input.count, input.baseAddress, &size, output.baseAddress)
            }
            count = done == BROTLI_TRUE ? size : 0
        }.nonEmpty
    }
}
