/// A subject that pages share; two spellings with one slug are one tag.
public struct Tag: Hashable, Sendable, Comparable {
    /// As an author wrote it first.
    public let title: String
    public let slug: String

    /// `nil` where the title has neither letter nor digit.
    public init?(_ title: some StringProtocol) {
        let slug = Slug.make(from: title)
        guard !slug.isEmpty else { return nil }
        self.title = String(title)
        self.slug = slug
    }

    public var path: PagePath { OwnPaths.tags.appending(slug: slug) }

    public static func == (a: Tag, b: Tag) -> Bool { a.slug == b.slug }
    public func hash(into hasher: inout Hasher) { hasher.combine(slug) }
    public static func < (a: Tag, b: Tag) -> Bool { a.slug < b.slug }
}
