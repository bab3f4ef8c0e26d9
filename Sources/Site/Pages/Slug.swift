/// The spelling of one path component: lower case, letters and digits of any
/// script, single hyphens between them.
public enum Slug {
    /// `CI/CD Pipeline` gives `ci-cd-pipeline`, `Backup & Restore` gives `backup-restore`.
    ///
    /// A dot, an underscore and a tilde stay as they are; everything else that
    /// is neither letter nor digit counts as a gap. Empty if nothing is left.
    public static func make(from text: some StringProtocol) -> String {
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
        // A component of dots alone would climb out of its folder.
        let text = String(slug)
        return text.allSatisfy { $0 == "." } ? "" : text
    }
}
