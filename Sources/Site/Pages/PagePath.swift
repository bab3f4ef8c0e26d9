/// The canonical address of a page inside the site: `/` or `/docs/quick-start`.
///
/// Always begins with a slash, never ends with one (but for the root), and
/// holds only lower-case slugs (see ``Slug``). Two spellings of one page never
/// give two values, so it can be a dictionary key and a link.
public struct PagePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let description: String

    public static let root = PagePath(unchecked: "/")

    private init(unchecked: String) { description = unchecked }

    /// Joins slugs to a path; each component is made a slug first and empty
    /// ones are dropped.
    public init(components: some Sequence<some StringProtocol>) {
        let slugs = components.map { Slug.make(from: $0) }.filter { !$0.isEmpty }
        description = "/" + slugs.joined(separator: "/")
    }

    /// The canonical path for any spelling of it: upper case, blanks, doubled or
    /// trailing slashes and a final `.html` or `.md` are folded away.
    ///
    /// - Parameter spelling: a path with percent-escapes already decoded.
    public init(canonical spelling: some StringProtocol) {
        var parts = String(spelling).split(separator: "/").map(String.init)
        if var last = parts.popLast() {
            for suffix in [".html", ".htm", ".md"] where last.lowercased().hasSuffix(suffix) {
                last.removeLast(suffix.count)
                break
            }
            if !["index", ""].contains(last.lowercased()) { parts.append(last) }
        }
        self.init(components: parts)
    }

    /// The address of a note from its file's path below the content folder:
    /// `docs/Quick Start.md` gives `/docs/quick-start`, `docs/index.md` gives `/docs`.
    public init(file: String) { self.init(canonical: file) }

    public var components: [Substring] { description.split(separator: "/") }
    public var isRoot: Bool { description == "/" }

    /// The path one folder up; `nil` for the root.
    public var parent: PagePath? {
        guard !isRoot else { return nil }
        guard let slash = description.lastIndex(of: "/"), slash != description.startIndex else { return .root }
        return PagePath(unchecked: String(description[..<slash]))
    }

    public func appending(_ component: some StringProtocol) -> PagePath {
        PagePath(components: components.map(String.init) + [String(component)])
    }

    /// Whether `other` is this path or lies below it.
    public func contains(_ other: PagePath) -> Bool {
        isRoot || other == self || other.description.hasPrefix(description + "/")
    }

    /// Address of the page's Markdown twin: `/docs/quick-start.md`, `/index.md` for the root.
    public var markdownTwin: String { isRoot ? "/index.md" : description + ".md" }

    public static func < (a: PagePath, b: PagePath) -> Bool { a.description < b.description }
}
