/// Anchors by GitHub's rule: lower case; letters, marks, digits, connectors,
/// hyphens and blanks stay; blanks become hyphens; a repeated anchor gets `-1`, `-2`.
///
/// An emoji therefore leaves only the hyphen of the blank behind it:
/// `🚀 Quick Links` is `-quick-links`.
public struct HeadingSlugger {
    private var taken: Set<String> = []
    /// The last number behind an anchor that was taken already.
    private var numbers: [String: Int] = [:]

    public init() {}

    /// The anchor of the next heading of a document.
    public mutating func slug(for title: String) -> String {
        let base = Self.base(of: title)
        if taken.insert(base).inserted { return base }
        var number = numbers[base] ?? 0
        var slug = ""
        repeat {
            number += 1
            slug = "\(base)-\(number)"
        } while !taken.insert(slug).inserted
        numbers[base] = number
        return slug
    }

    /// The anchor of a heading that is the only one of its text.
    public static func base(of title: String) -> String {
        if title.utf8.span.isASCII { return base(ofASCII: title) }
        var slug = String.UnicodeScalarView()
        for scalar in title.lowercased().unicodeScalars {
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .control: slug.append("-")
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
                slug.append(scalar)
            default: if scalar == "-" { slug.append(scalar) }
            }
        }
        return String(slug)
    }

    /// Most titles are ASCII, where no property needs to be looked up.
    private static func base(ofASCII title: String) -> String {
        unsafe String(unsafeUninitializedCapacity: title.utf8.count) { slug in
            var count = 0
            for byte in title.utf8 {
                let kept: UInt8
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): kept = byte + 0x20
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): kept = byte
                case 0...0x20, 0x7F: kept = UInt8(ascii: "-")
                default: continue
                }
                unsafe slug[count] = kept
                count += 1
            }
            return count
        }
    }
}
