/// What is typed when the device with the codes is lost: 50 random bits, good for one sign-in.
public enum RecoveryCode {
    /// How many are made at once.
    public static let count = 10
    static let randomLength = 7

    /// `ABCDE-FGHIJ`
    ///
    /// - Parameter random: 7 bytes.
    static func make(_ random: [UInt8]) -> String {
        let letters = Base32.encode(random).prefix(10)
        return "\(letters.prefix(5))-\(letters.suffix(5))"
    }

    /// The bytes to hash: whatever case, blanks and hyphens it was typed with; `nil` where it is no such code.
    static func normalized(_ text: String) -> [UInt8]? {
        // Nobody's handwriting tells these apart, and the alphabet has only one of each.
        let letters = text.uppercased().utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }.map { byte in
            switch byte {
            case UInt8(ascii: "0"): UInt8(ascii: "O")
            case UInt8(ascii: "1"): UInt8(ascii: "I")
            case UInt8(ascii: "8"): UInt8(ascii: "B")
            default: byte
            }
        }
        return letters.count == 10 ? letters : nil
    }
}
