/// The second factor of the own account.
public struct TwoFactorPage: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case off
        case setup(Setup)
        case on(recoveryCodesLeft: Int)
    }

    /// What the authenticator app needs.
    public struct Setup: Sendable, Equatable {
        /// An SVG element that shows ``address``; goes out as it is. Empty where none could be drawn.
        public var qrCode: String
        /// In base 32, in groups of four.
        public var secret: String
        /// `otpauth://…`, for an app on the same device.
        public var address: String
        public var codeError: String?
        /// A session alone must not be enough to put somebody else's second factor before the account.
        public var passwordError: String?

        public init(qrCode: String, secret: String, address: String, codeError: String? = nil) {
            self.qrCode = qrCode
            self.secret = secret
            self.address = address
            self.codeError = codeError
        }
    }

    public var state: State
    public var notice: PageNotice?
    public var summary: String?
    /// At the password that new recovery codes ask for.
    public var recoveryPasswordError: String?
    /// At the password that turning it off asks for.
    public var offPasswordError: String?

    public init(_ state: State) { self.state = state }
}
