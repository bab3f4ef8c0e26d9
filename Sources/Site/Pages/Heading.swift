/// A heading of a page as its outline shows it.
public struct Heading: Hashable, Sendable {
    /// 1 to 6.
    public let level: Int
    /// The anchor, unique on its page, by GitHub's rule.
    public let id: String
    /// Plain text without markup.
    public let title: String

    public init(level: Int, id: String, title: String) {
        self.level = level
        self.id = id
        self.title = title
    }
}
