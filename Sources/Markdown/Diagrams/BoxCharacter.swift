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

    /// The first scalar; comparing characters costs a walk over their graphemes.
    let scalar: Unicode.Scalar
    /// Arms of a character of Unicode's Box Drawing block (U+2500 to U+257F);
    /// `nil` for every other one.
    let arms: Arms?
    /// The direction in which an arrow points.
    let arrow: Arms?

    static let blank = BoxCharacter(" ")

    init(_ scalar: Unicode.Scalar) {
        self.scalar = scalar
        arms = (0x2500...0x257F).contains(scalar.value) ? Self.arms(of: Self.table[Int(scalar.value) - 0x2500]) : nil
        arrow =
            switch scalar.value {
            case 0x25BC, 0x2193, 0x25BE: .down
            case 0x25B2, 0x2191, 0x25B4: .up
            case 0x25BA, 0x25B6, 0x2192, 0x25B8: .right
            case 0x25C4, 0x25C0, 0x2190, 0x25C2: .left
            default: nil
            }
    }

    /// Whether the scalar is a character whatever stands beside it, and no kind of blank but the common one.
    static func isAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2FF, 0x2010...0x2027, 0x2190...0x21FF, 0x2500...0x25FF: true
        default: false
        }
    }

    private static func arms(of digit: UInt8) -> Arms {
        Arms(rawValue: digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10)
    }

    var isBlank: Bool { scalar == " " }
    /// `╭ ╮ ╯ ╰`
    var isRounded: Bool { (0x256D...0x2570).contains(scalar.value) }
    /// `┌ ┏ ╔ ╭`, at which a box begins.
    var isUpperLeft: Bool { scalar == "┌" || scalar == "┏" || scalar == "╔" || scalar == "╭" }
    /// `┘ ┛ ╝ ╯`, at which a box ends.
    var isLowerRight: Bool { scalar == "┘" || scalar == "┛" || scalar == "╝" || scalar == "╯" }
    /// `▼ ▲ ► ◄ ▶ ◀` are drawn wherever they stand; thin arrows are words unless they meet a line.
    var isSolidArrow: Bool {
        switch scalar.value {
        case 0x25BC, 0x25B2, 0x25BA, 0x25C4, 0x25B6, 0x25C0: true
        default: false
        }
    }

    /// One hexadecimal digit a character, in the order of the block.
    private static let table = Array(
        "cc33cc33cc33aaaa666699995555bbbbbbbb77777777eeeeeeeeddddddddffffffffffffffffcc33c3aaa666999555bbb777eeedddfffa65900041824182c3c3"
            .utf8)
}
