import Site

/// Where a form may lead after it is done: an address of this site, and no other.
enum SafeDestination {
    /// `text` if it is such an address; otherwise `fallback`.
    static func path(_ text: String?, otherwise fallback: String) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 2_000,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), !text.hasPrefix("/sign-")
        else { return fallback }
        return text
    }
}
