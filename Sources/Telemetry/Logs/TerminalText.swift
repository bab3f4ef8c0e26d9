/// Text that is safe to show on a terminal.
enum TerminalText {
    /// Puts U+FFFD in the place of everything that could move the cursor, start a
    /// command of the terminal, begin a new line or turn the reading direction.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars { safe.unicodeScalars.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar) }
        return safe
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
