/// A pattern of MongoDB that matches one text, in whatever case its ASCII letters are.
///
/// Spells out both cases of each letter: the server's own option would know letters of all alphabets.
enum LiteralPattern {
    /// More the server refuses; no name or address is that long.
    private static let longest = 4_000

    /// - Returns: `nil` for a text that is longer than anything it could be found in.
    static func matching(_ text: String) -> String? {
        guard text.utf8.count <= longest else { return nil }
        var pattern = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z":
                let letter = Character(scalar)
                pattern += "[\(letter.lowercased())\(letter.uppercased())]"
            case "0"..."9": pattern.unicodeScalars.append(scalar)
            // A pattern of BSON ends at its first NUL.
            case "\0": pattern += "\\x00"
            case _ where scalar.isASCII:
                pattern += "\\"
                pattern.unicodeScalars.append(scalar)
            default: pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern
    }
}
