/// The spelling of one path component: lower case, letters and digits of any
/// script, single hyphens between them.
public enum Slug {
    /// `CI/CD Pipeline` gives `ci-cd-pipeline`, `Backup & Restore` gives `backup-restore`.
    ///
    /// A dot, an underscore and a tilde stay as they are; everything else that
    /// is neither letter nor digit counts as a gap. Empty if nothing is left.
    public static func make(from text: some StringProtocol) -> String {
        let text = Substring(text)
        return text.utf8.allSatisfy { $0 < 0x80 } ? ofASCII(text.utf8) : ofAnyScript(text)
    }

    /// Most names are ASCII, where no property needs to be looked up.
    private static func ofASCII(_ text: Substring.UTF8View) -> String {
        let slug = String(unsafeUninitializedCapacity: text.count) { slug in
            var count = 0
            var gap = false
            for byte in text {
                let isUpperCase = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                let kept = isUpperCase ? byte + 0x20 : byte
                switch kept {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    // A gap takes the room of what it stands for.
                    if gap, count > 0 {
                        slug[count] = UInt8(ascii: "-")
                        count += 1
                    }
                    gap = false
                    slug[count] = kept
                    count += 1
                default: gap = true
                }
            }
            return count
        }
        return withoutDotsAlone(slug)
    }

    private static func ofAnyScript(_ text: Substring) -> String {
        var slug = String.UnicodeScalarView()
        var gap = false
        for scalar in text.lowercased().unicodeScalars {
            let properties = scalar.properties
            let isMark = [.nonspacingMark, .spacingMark, .enclosingMark].contains(properties.generalCategory)
            // A mark belongs to the letter before it; at the beginning it would join with the slash.
            let isLoose = isMark && (gap || slug.isEmpty)
            let keep =
                properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark || scalar == "."
                || scalar == "_" || scalar == "~"
            guard keep, !isLoose else { gap = true; continue }
            if gap, !slug.isEmpty { slug.append("-") }
            gap = false
            slug.append(scalar)
        }
        return withoutDotsAlone(String(slug))
    }

    /// A component of dots alone would climb out of its folder.
    private static func withoutDotsAlone(_ slug: String) -> String { slug.utf8.allSatisfy { $0 == UInt8(ascii: ".") } ? "" : slug }
}
