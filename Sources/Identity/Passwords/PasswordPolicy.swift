/// Which passwords may be chosen (ASVS 5.0, 6.2): long enough, not among those that everybody tries first, and
/// otherwise anything.
public enum PasswordPolicy {
    /// In characters as people count them.
    public static let length = 8...256

    public enum Problem: Sendable, Equatable {
        case tooShort, tooLong, common, isOwnAddress

        /// One sentence for the person who chose it.
        public var text: String {
            switch self {
            case .tooShort: "Use at least \(length.lowerBound) characters."
            case .tooLong: "Use at most \(length.upperBound) characters."
            case .common: "This is one of the passwords that are tried first; choose another one."
            case .isOwnAddress: "This is your e-mail address; choose another password."
            }
        }
    }

    public static func problem(_ password: String, email: EmailAddress?) -> Problem? {
        guard password.count >= length.lowerBound else { return .tooShort }
        // A character may have any number of marks: bytes are what costs time.
        guard password.count <= length.upperBound, password.utf8.count <= 4 * length.upperBound else { return .tooLong }
        if CommonPasswords.contains(password) { return .common }
        let lowercase = password.lowercased()
        if let email, lowercase == email.text || lowercase == email.text.prefix(while: { $0 != "@" }) { return .isOwnAddress }
        return nil
    }
}
