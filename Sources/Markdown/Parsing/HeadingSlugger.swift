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
}
