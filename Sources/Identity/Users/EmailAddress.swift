/// Where a person is reached, and the name an account signs in with.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// In lower case: people do not remember how they spelled it, and no provider of today tells the spellings apart.
    public let text: String

    /// One `@`, something before it, a domain of labels behind it, 254 bytes at most (RFC 5321, section 4.5.3.1).
    ///
    /// Blanks around it are none of it; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        var trimmed = text[text.startIndex..<text.endIndex].drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed = trimmed.dropLast() }
        let text = trimmed.lowercased()
        // Letters beyond ASCII have several spellings, and look alike; domains with them have a form without.
        guard text.utf8.count <= 254, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>()[],;:\\\"".utf8.contains($0) }) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64 else { return nil }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2 || parts[1].elementsEqual("localhost".utf8), labels.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.text = text
    }

    public var description: String { text }
}
