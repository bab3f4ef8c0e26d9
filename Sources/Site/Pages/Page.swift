public import FoundationEssentials

/// What is known of a page without its body: enough for every list, link,
/// feed and head of a document.
///
/// Shared: a site's pages are looked at on all processors, and copies of all that one holds would keep them busy with
/// each other.
public final class Page: Sendable, Equatable {
    /// What made the page.
    public enum Origin: Hashable, Sendable {
        /// A note; its file's path below the content folder.
        case note(file: String)
        /// A folder without an `index.md`, listed by the site itself.
        case folder
    }

    public let path: PagePath
    public let origin: Origin
    public let title: String
    /// Text of the note's own H1 where it differs from ``title``.
    public let heading: String?
    /// Anchor of the H1, so that links to it work.
    public let headingID: String?
    /// One or two sentences: from the front matter, else the first paragraph.
    public let summary: String
    public let tags: [Tag]
    public let created: Date?
    public let updated: Date?
    /// Pages that the author calls related, resolved; with `nil` path: not written yet.
    public let related: [RelatedPage]
    public let aliases: [PagePath]
    /// Position among its siblings; those without one come last.
    public let order: Int?
    /// Name of the template that the author chose.
    public let template: String?
    public let isHiddenFromSearch: Bool
    public let isDraft: Bool
    public let headings: [Heading]
    public let wordCount: Int

    public init(
        path: PagePath, origin: Origin, title: String, heading: String? = nil, headingID: String? = nil, summary: String = "", tags: [Tag] = [],
        created: Date? = nil, updated: Date? = nil, related: [RelatedPage] = [], aliases: [PagePath] = [], order: Int? = nil,
        template: String? = nil, isHiddenFromSearch: Bool = false, isDraft: Bool = false, headings: [Heading] = [], wordCount: Int = 0
    ) {
        self.path = path
        self.origin = origin
        self.title = title
        self.heading = heading
        self.headingID = headingID
        self.summary = summary
        self.tags = tags
        self.created = created
        self.updated = updated
        self.related = related
        self.aliases = aliases
        self.order = order
        self.template = template
        self.isHiddenFromSearch = isHiddenFromSearch
        self.isDraft = isDraft
        self.headings = headings
        self.wordCount = wordCount
    }

    /// The page with what is known of it once all pages are.
    public func with(related: [RelatedPage]? = nil, aliases: [PagePath]? = nil) -> Page {
        Page(
            path: path, origin: origin, title: title, heading: heading, headingID: headingID, summary: summary, tags: tags, created: created,
            updated: updated, related: related ?? self.related, aliases: aliases ?? self.aliases, order: order, template: template,
            isHiddenFromSearch: isHiddenFromSearch, isDraft: isDraft, headings: headings, wordCount: wordCount)
    }

    public static func == (first: Page, second: Page) -> Bool {
        first === second
            || first.path == second.path && first.origin == second.origin && first.title == second.title && first.heading == second.heading
                && first.headingID == second.headingID && first.summary == second.summary && first.tags == second.tags
                && first.created == second.created && first.updated == second.updated && first.related == second.related
                && first.aliases == second.aliases && first.order == second.order && first.template == second.template
                && first.isHiddenFromSearch == second.isHiddenFromSearch && first.isDraft == second.isDraft && first.headings == second.headings
                && first.wordCount == second.wordCount
    }

    /// Whether nothing that is made from the page can tell the two apart: equal, and byte for byte, since equal texts
    /// may have other bytes, and equal tags other titles.
    public func isIdentical(to other: Page) -> Bool {
        if self === other { return true }
        return self == other && path.description.hasSameBytes(as: other.path.description) && file.hasSameBytes(as: other.file)
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
