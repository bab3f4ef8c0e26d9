/// One entry of a list to choose from.
public struct Choice: Sendable, Equatable {
    /// What the form sends.
    public var value: String
    public var title: String
    public var isSelected: Bool

    public init(_ value: String, _ title: String, isSelected: Bool = false) {
        self.value = value
        self.title = title
        self.isSelected = isSelected
    }
}
