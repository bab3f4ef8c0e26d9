/// The contact form as it came in.
struct ContactSubmission: Decodable {
    let name: String
    let email: String
    let message: String
    /// A field that people do not see.
    let honeypot: String
    let isConfirmed: Bool
    let token: String

    private enum CodingKeys: String, CodingKey {
        case name, email, message, confirm, token
        case honeypot = "website"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String {
            var text = try fields.decodeIfPresent(String.self, forKey: key)?.replacing("\r\n", with: "\n")[...] ?? ""
            text = text.drop(while: \.isWhitespace)
            while text.last?.isWhitespace == true { text = text.dropLast() }
            return String(text)
        }
        name = try text(.name)
        email = try text(.email)
        message = try text(.message)
        honeypot = try text(.honeypot)
        isConfirmed = try text(.confirm) == "yes"
        token = try text(.token)
    }
}
