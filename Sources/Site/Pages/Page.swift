public import FoundationEssentials

/// What is known of a page without its body: enough for every list, link,
/// feed and head of a document.
public struct Page: Sendable, Equatable {
    /// What made the page.
    public enum Origin: Hashable, Sendable {
        /// A note; its file's path below the content folder.
        case note(file: String)
        /// A folder without an `index.md`, listed by the site itself.
        case folder
    }

    public var path: PagePath
    public var origin: Origin
    public var title: String
    /// Text of the note's own H1 where it differs from ``title``.
    public var heading: String?
    /// Anchor of the H1, so that links to it work.
    public var headingID: String?
    /// One or two sentences: from the front matter, else the first paragraph.
    public var summary: String
    public var tags: [Tag]
    public var created: Date?
    public var updated: Date?
    /// Pages that the author calls related, resolved; with `nil` path: not written yet.
    public var related: [RelatedPage]
    public var aliases: [PagePath]
    /// Position among its siblings; those without one come last.
    public var order: Int?
    /// Name of the template that the author chose.
    public var template: String?
    public var isHiddenFromSearch: Bool
    public var isDraft: Bool
    public var headings: [Heading]
    public var wordCount: Int

    public init(path: PagePath, origin: Origin, title: String) {
        self.path = path
        self.origin = origin
        self.title = title
        summary = ""
        tags = []
        related = []
        aliases = []
        isHiddenFromSearch = false
        isDraft = false
        headings = []
        wordCount = 0
    }

    /// Whether nothing that is made from the page can tell the two apart: equal, and byte for byte, since equal texts
    /// may have other bytes, and equal tags other titles.
    public func isIdentical(to other: Page) -> Bool {
        self == other && path.description.hasSameBytes(as: other.path.description) && file.hasSameBytes(as: other.file)
            && title.hasSameBytes(as: other.title) && heading.hasSameBytes(as: other.heading) && headingID.hasSameBytes(as: other.headingID)
            && summary.hasSameBytes(as: other.summary) && template.hasSameBytes(as: other.template)
            && zip(tags, other.tags).allSatisfy { $0.title.hasSameBytes(as: $1.title) && $0.slug.hasSameBytes(as: $1.slug) }
            && zip(related, other.related).allSatisfy {
                $0.title.hasSameBytes(as: $1.title) && ($0.path?.description).hasSameBytes(as: $1.path?.description)
            } && zip(aliases, other.aliases).allSatisfy { $0.description.hasSameBytes(as: $1.description) }
            && zip(headings, other.headings).allSatisfy { $0.id.hasSameBytes(as: $1.id) && $0.title.hasSameBytes(as: $1.title) }
    }

    /// The newest date that the author gave.
    public var lastChange: Date? { updated ?? created }

    public var file: String? {
        if case .note(let file) = origin { file } else { nil }
    }
}

/// An entry of a page's `related` list.
public struct RelatedPage: Hashable, Sendable {
    public let title: String
    public let path: PagePath?

    public init(title: String, path: PagePath?) {
        self.title = title
        self.path = path
    }
}
