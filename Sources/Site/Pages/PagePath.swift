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
    /// trailing slashes and a final `index`, `.html` or `.md` are folded away.
    ///
    /// - Parameter spelling: a path with percent-escapes already decoded.
    public init(canonical spelling: some StringProtocol) {
        var slugs = Self.parts(of: spelling).map { Slug.make(from: $0) }.filter { !$0.isEmpty }
        // What is left may end in the same way: `a.html.md`, `index/index`.
        while let last = slugs.last {
            guard last == "index" || last.utf8.contains(UInt8(ascii: ".")) else { break }
            let suffix = Self.endings.first { last.utf8.suffix($0.utf8.count).elementsEqual($0.utf8) }
            guard last == "index" || suffix != nil else { break }
            slugs.removeLast()
            let stem = suffix.map { Slug.make(from: Substring(last.utf8.dropLast($0.utf8.count))) } ?? ""
            if !stem.isEmpty { slugs.append(stem) }
        }
        self.init(unchecked: "/" + slugs.joined(separator: "/"))
    }

    private static let endings = [".html", ".htm", ".md"]

    /// Split at its bytes: some letters and marks make one character with a slash beside them.
    private static func parts(of path: some StringProtocol) -> [Substring] {
        Substring(path).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    /// The address of a note from its file's path below the content folder:
    /// `docs/Quick Start.md` gives `/docs/quick-start`, `docs/index.md` gives `/docs`.
    public init(file: String) { self.init(canonical: file) }

    public var components: [Substring] { Self.parts(of: description) }
    public var isRoot: Bool { description == "/" }

    /// The path one folder up; `nil` for the root.
    public var parent: PagePath? {
        guard !isRoot, let end = description.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return end == description.startIndex ? .root : PagePath(unchecked: String(description[..<end]))
    }

    /// The first folder on the way from the root, which may be this path itself; `nil` for the root.
    public var top: PagePath? {
        guard !isRoot else { return nil }
        guard let end = description.utf8.dropFirst().firstIndex(of: UInt8(ascii: "/")) else { return self }
        return PagePath(unchecked: String(description[..<end]))
    }

    /// - Parameter slug: one that ``Slug`` made.
    func appending(slug: String) -> PagePath {
        // Of other scripts, what is a slug is found out anew.
        slug.utf8.allSatisfy { $0 < 0x80 } ? PagePath(unchecked: isRoot ? "/\(slug)" : "\(description)/\(slug)") : appending(slug)
    }

    public func appending(_ component: some StringProtocol) -> PagePath {
        PagePath(components: components.map(String.init) + [String(component)])
    }

    /// Whether `other` is this path or lies below it.
    public func contains(_ other: PagePath) -> Bool {
        if isRoot { return true }
        let (own, whole) = (description.utf8.span, other.description.utf8.span)
        var shared = 0
        while shared < own.count, shared < whole.count, own[shared] == whole[shared] { shared += 1 }
        if shared == own.count { return whole.count == own.count || whole[shared] == UInt8(ascii: "/") }
        // Two spellings of one letter are equal and have other bytes.
        if own.indices.allSatisfy({ own[$0] < 0x80 }) { return false }
        return other.components.starts(with: components)
    }

    /// Address of the page's Markdown twin: `/docs/quick-start.md`, `/index.md` for the root.
    public var markdownTwin: String { isRoot ? "/index.md" : description + ".md" }

    public static func < (a: PagePath, b: PagePath) -> Bool { a.description < b.description }
}
