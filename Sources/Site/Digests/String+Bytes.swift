extension String {
    /// Whether a digest cannot tell the two apart: texts that are equal may be written with other bytes (`é` as one
    /// scalar or as two).
    public func hasSameBytes(as other: String) -> Bool {
        let areSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { bytes in
                // Most are not only the same but one.
                own.count == bytes.count && (own.baseAddress == bytes.baseAddress || own.elementsEqual(bytes))
            }
        }
        return (areSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

extension String? {
    public func hasSameBytes(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.hasSameBytes(as: other)
    }
}
