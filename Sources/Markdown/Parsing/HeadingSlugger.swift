/// Anchors by GitHub's rule: lower case; letters, marks, digits, connectors,
/// hyphens and blanks stay; blanks become hyphens; a repeated anchor gets `-1`, `-2`.
///
/// An emoji therefore leaves only the hyphen of the blank behind it:
/// `🚀 Quick Links` is `-quick-links`.
public struct HeadingSlugger {
    private var uses: [String: Int] = [:]

    public init() {}

    /// The anchor of the next heading of a document.
    public mutating func slug(for title: String) -> String {
        let base = Self.base(of: title)
        guard var count = uses[base] else {
            uses[base] = 0
            return base
        }
        var slug = ""
        repeat {
            count += 1
            slug = "\(base)-\(count)"
        } while uses[slug] != nil
        uses[base] = count
        uses[slug] = 0
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
        var slug: [UInt8] = []
        slug.reserveCapacity(title.utf8.count)
        for byte in title.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): slug.append(byte + 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                slug.append(byte)
            case 0...0x20, 0x7F: slug.append(UInt8(ascii: "-"))
            default: break
            }
        }
        return String(decoding: slug, as: UTF8.self)
    }
}
