/// Which destinations may become links: an allow-list, because schemes that run
/// script have too many disguises to list.
public enum LinkSafety {
    /// The scheme in lower case; empty for a destination within the site;
    /// `nil` where there is one that may not be followed.
    public static func scheme(of destination: some StringProtocol) -> String? {
        // Browsers skip control characters and blanks when they read a scheme.
        let cleaned = destination.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isDefaultIgnorableCodePoint }
        var scheme = ""
        for scalar in cleaned {
            switch scalar {
            // With something skipped inside it or before its colon, it is no scheme once it is percent-encoded.
            case ":": return allowed.contains(scheme) && isWritten(scheme, in: destination) ? scheme : nil
            case "/", "?", "#": return hasNetworkPath(cleaned) ? nil : ""
            default: scheme.unicodeScalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return ""
    }

    public static let allowed: Set<String> = ["http", "https", "mailto", "tel"]

    private static func isWritten(_ scheme: String, in destination: some StringProtocol) -> Bool {
        destination.unicodeScalars.prefix(scheme.utf8.count + 1).elementsEqual("\(scheme):".unicodeScalars) {
            $0 == $1 || $0.properties.lowercaseMapping.unicodeScalars.elementsEqual(CollectionOfOne($1))
        }
    }

    /// `//host` and `/\host` leave the site without naming a scheme.
    private static func hasNetworkPath(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
        let start = Array(scalars.prefix(2))
        return start.count == 2 && start.allSatisfy { $0 == "/" || $0 == "\\" }
    }
}
