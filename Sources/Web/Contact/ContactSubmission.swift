/// The contact form as it came in.
struct ContactSubmission {
    let name: String
    let email: String
    let message: String
    /// A field that people do not see.
    let honeypot: String
    let isConfirmed: Bool
    let token: String

    init(_ fields: FormFields) {
        func text(_ name: String) -> String {
            var text = fields[name].replacing("\r\n", with: "\n")[...].drop(while: \.isWhitespace)
            while text.last?.isWhitespace == true { text = text.dropLast() }
            return String(text)
        }
        name = text("name")
        email = text("email")
        message = text("message")
        honeypot = text("website")
        isConfirmed = text("confirm") == "yes"
        token = text("token")
    }
}
