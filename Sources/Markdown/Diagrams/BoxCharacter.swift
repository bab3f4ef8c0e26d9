/// What a character of a drawing does in its cell.
struct BoxCharacter {
    /// Directions in which a line leaves the middle of the cell.
    struct Arms: OptionSet {
        let rawValue: UInt8

        static let up = Arms(rawValue: 1)
        static let down = Arms(rawValue: 2)
        static let left = Arms(rawValue: 4)
        static let right = Arms(rawValue: 8)
    }

    /// Arms of a character of Unicode's Box Drawing block (U+2500 to U+257F);
    /// `nil` for every other one.
    static func arms(of character: Character) -> Arms? {
        guard let scalar = character.unicodeScalars.first, (0x2500...0x257F).contains(scalar.value) else { return nil }
        let digit = table[Int(scalar.value) - 0x2500]
        return Arms(rawValue: digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10)
    }

    static func isRounded(_ character: Character) -> Bool { "╭╮╯╰".contains(character) }

    /// The direction in which an arrow points.
    static func arrow(_ character: Character) -> Arms? {
        switch character {
        case "▼", "↓", "▾": .down
        case "▲", "↑", "▴": .up
        case "►", "▶", "→", "▸": .right
        case "◄", "◀", "←", "◂": .left
        default: nil
        }
    }

    /// One hexadecimal digit a character, in the order of the block.
    private static let table = Array(
        "cc33cc33cc33aaaa666699995555bbbbbbbb77777777eeeeeeeeddddddddffffffffffffffffcc33c3aaa666999555bbb777eeedddfffa65900041824182c3c3"
            .utf8)
}
