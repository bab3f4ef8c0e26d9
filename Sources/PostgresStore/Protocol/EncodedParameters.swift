/// Parameters as libpq takes them: addresses into one block of bytes.
struct EncodedParameters {
    private let types: [UInt32]
    private let lengths: [Int32]
    private let formats: [Int32]
    /// Where each begins; `nil` for NULL.
    private let offsets: [Int?]
    private let bytes: [UInt8]

    init(_ values: [PostgresValue]) {
        var bytes: [UInt8] = []
        var lengths: [Int32] = []
        var offsets: [Int?] = []
        for value in values {
            let encoded = value.encoded
            offsets.append(encoded == nil ? nil : bytes.count)
            lengths.append(Int32(clamping: encoded?.count ?? 0))
            bytes += encoded ?? []
        }
        // An empty value has an address too: none would mean NULL.
        bytes.append(0)
        types = values.map(\.type)
        formats = Array(repeating: 1, count: values.count)
        (self.lengths, self.offsets, self.bytes) = (lengths, offsets, bytes)
    }

    /// The addresses hold within `body` only.
    func withAddresses<Result>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { bytes in
            let values: [UnsafePointer<CChar>?] = unsafe offsets.map { offset in
                guard let offset else { return nil }
                return unsafe bytes.baseAddress.map { unsafe ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe types.withUnsafeBufferPointer { types in
                    unsafe lengths.withUnsafeBufferPointer { lengths in
                        unsafe formats.withUnsafeBufferPointer { formats in
                            unsafe body(
                                Int32(clamping: offsets.count), types.baseAddress, values.baseAddress, lengths.baseAddress, formats.baseAddress)
                        }
                    }
                }
            }
        }
    }
}
