/// The contact form as a visitor left it, to be shown again.
public struct ContactForm: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        public var value: String
        /// Why the value was refused, as a sentence for the visitor.
        public var error: String?

        public init(value: String = "", error: String? = nil) {
            self.value = value
            self.error = error
        }
    }

    public var name = Field()
    public var email = Field()
    public var message = Field()
    /// One sentence above the form.
    public var summary: String?
    /// Proof that the form was shown, where the visitor must confirm.
    public var confirmationToken: String?

    public init() {}

    public var hasErrors: Bool { name.error != nil || email.error != nil || message.error != nil }
}
