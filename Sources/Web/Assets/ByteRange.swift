/// The `Range` field of a request (RFC 9110, section 14.2), as far as one range goes.
enum ByteRange: Equatable {
    /// No range, one in a unit that is not known, or several: the whole is sent.
    case whole
    case part(Range<Int>)
    /// Begins behind the end.
    case notSatisfiable

    init(_ field: String?, length: Int) {
        guard let field, field.hasPrefix("bytes="), !field.contains(",") else {
            self = .whole
            return
        }
        let ends = field.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map {
            $0.filter { $0 != " " && $0 != "\t" }
        }
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && $0.utf8.count <= 18 }) else {
            self = .whole
            return
        }
        switch (Int(ends[0]), Int(ends[1])) {
        case (nil, nil): self = .whole
        case (nil, let suffix?):
            self = suffix == 0 || length == 0 ? .notSatisfiable : .part(max(0, length - suffix)..<length)
        case (let first?, let last):
            if let last, last < first {
                self = .whole
            } else {
                self = first >= length ? .notSatisfiable : .part(first..<min(length, (last ?? length - 1) + 1))
            }
        }
    }
}
