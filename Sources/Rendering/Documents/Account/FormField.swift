/// What somebody wrote into a field, to be shown again. Never for passwords and codes: of those only the error is kept.
public struct FormField: Sendable, Equatable {
    public var value: String
    /// Why the value was refused, as a sentence.
    public var error: String?

    public init(_ value: String = "", error: String? = nil) {
        self.value = value
        self.error = error
    }
}
