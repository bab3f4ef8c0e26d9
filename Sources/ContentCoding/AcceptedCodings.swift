/// The `Accept-Encoding` field of a request (RFC 9110, section 12.5.3).
public struct AcceptedCodings: Sendable, Equatable {
    /// Those that are accepted, the heaviest first, and of equals as ``ContentCoding`` has them.
    private let ranked: [ContentCoding]

    /// No field, or one that cannot be read, accepts only the body as it is.
    ///
    /// Linear in the length of the field, which the connection limits.
    public init(_ field: String) {
        var weights: [ContentCoding: Int] = [:]
        var others: Int?
        // By bytes: some characters take the comma behind them for a part of themselves.
        for part in field.utf8.split(separator: UInt8(ascii: ",")) {
            let pieces = part.split(separator: UInt8(ascii: ";"), maxSplits: 1).map { Substring($0) }
            guard let name = pieces.first.map(Self.trimmed)?.lowercased() else { continue }
            guard let weight = pieces.count == 1 ? 1_000 : Self.weight(pieces[1]) else { continue }
            if name == "*" {
                others = weight
            } else if let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) {
                weights[coding] = weight
            }
        }
        if let others {
            for coding in ContentCoding.allCases where weights[coding] == nil { weights[coding] = others }
        }
        func weight(_ coding: ContentCoding) -> Int { weights[coding] ?? 0 }
        // Sorting keeps the order of equals.
        ranked = ContentCoding.allCases.filter { weight($0) > 0 }.sorted { weight($0) > weight($1) }
    }

    /// The best of the codings at hand: the heaviest, and of equals the first in
    /// the order of ``ContentCoding``; `nil` where none is accepted.
    public func best(of available: (ContentCoding) -> Bool) -> ContentCoding? {
        for coding in ranked where available(coding) { return coding }
        return nil
    }

    /// `q=0.8` in thousandths; `nil` for anything else.
    private static func weight(_ text: Substring) -> Int? {
        let text = Self.trimmed(text).lowercased()
        guard text.hasPrefix("q=") else { return nil }
        let digits = text.dropFirst(2).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = digits.first.flatMap({ Int($0) }), (0...1).contains(whole), digits.count <= 2 else { return nil }
        guard digits.count == 2 else { return whole * 1_000 }
        let fraction = digits[1]
        guard fraction.count <= 3, fraction.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
        return min(whole * 1_000 + (Int(padded) ?? 0), 1_000)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
