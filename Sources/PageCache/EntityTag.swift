import ContentCoding

/// Strong entity tags and the field that asks about them (RFC 9110, sections 8.8.3 and 13.1.2).
public enum EntityTag {
    /// Strong, and another one for each coding.
    ///
    /// - Parameter tag: changes with the content.
    static func of(_ tag: String, in coding: ContentCoding?) -> String { coding.map { "\"\(tag)-\($0.rawValue)\"" } ?? "\"\(tag)\"" }

    /// Whether an `If-None-Match` field names `tag`; weak comparison, as the field wants it.
    public static func matches(_ field: String, _ tag: String) -> Bool {
        if field == tag { return true }
        var rest = field[...]
        if rest.drop(while: { $0 == " " }).first == "*" { return true }
        while let open = rest.firstIndex(of: "\"") {
            guard let close = rest[rest.index(after: open)...].firstIndex(of: "\"") else { return false }
            if rest[open...close] == tag { return true }
            rest = rest[rest.index(after: close)...]
        }
        return false
    }
}
