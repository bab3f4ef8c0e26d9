/// The `Accept-Encoding` field of a request (RFC 9110, section 12.5.3).
public struct AcceptedCodings: Sendable, Equatable {
    private var weights: [ContentCoding: Int] = [:]

    /// No field, or one that cannot be read, accepts only the body as it is.
    ///
    /// Linear in the length of the field, which the connection limits.
    public init(_ field: String) {
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
        guard let others else { return }
        for coding in ContentCoding.allCases where weights[coding] == nil { weights[coding] = others }
    }

    /// The best of the codings at hand: the heaviest, and of equals the first in
    /// the order of ``ContentCoding``; `nil` where none is accepted.
    public func best(of available: (ContentCoding) -> Bool) -> ContentCoding? {
        var best: (coding: ContentCoding, weight: Int)?
        for coding in ContentCoding.allCases {
            guard let weight = weights[coding], weight > 0, available(coding) else { continue }
            if best.map({ weight > $0.weight }) ?? true { best = (coding, weight) }
        }
        return best?.coding
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
