import Markdown
import Site

/// Leads the links of one note.
struct NoteLinks: LinkResolver {
    let index: LinkIndex
    /// Address of the note.
    let path: PagePath
    /// Folder of the note's file, from which relative links count; empty at the top.
    let folder: [Substring]

    init(index: LinkIndex, path: PagePath, file: String) {
        self.index = index
        self.path = path
        folder = file.utf8.split(separator: UInt8(ascii: "/")).dropLast().map { Substring($0) }
    }

    /// What became of a link, and what is wrong with it.
    struct Resolution {
        let link: ResolvedLink
        var problem: Problem?
    }

    enum Problem: Equatable {
        case noSuchPage(String)
        case noSuchAnchor(String, on: PagePath)
        case forbiddenScheme
        case notWritten(String)
    }

    func resolve(_ target: LinkTarget) -> ResolvedLink { resolution(of: target).link }

    func resolution(of target: LinkTarget) -> Resolution {
        switch target {
        case .wiki(let parts): wikilink(parts)
        case .destination(let destination): self.destination(destination)
        }
    }

    // MARK: [[Wikilinks]]

    private func wikilink(_ parts: [String]) -> Resolution {
        // The second part may be the path of the first; a path that leads somewhere says more than a title.
        let isPath = parts.count > 1 && parts[1].utf8.contains(UInt8(ascii: "/"))
        let path = isPath || parts.count == 3 ? parts[1] : nil
        if let path, let found = page(path) { return found.resolution(text: parts.count == 3 ? parts[2] : parts[0]) }
        if let found = page(parts[0]) {
            let text: String? =
                switch parts.count {
                // A `#` in a title is no anchor and is shown as it is.
                case 1: found.isWholeName ? parts[0] : nil
                case 2: path == nil ? parts[1] : parts[0]
                default: parts[2]
                }
            return found.resolution(text: text)
        }
        if parts.count == 1, case .image(let url, _, _) = resolveImage(parts[0]) { return Resolution(link: .file(url)) }
        let title = parts[0].split(separator: "#").first.map(String.init) ?? parts[0]
        return Resolution(link: .wanted(title: title), problem: .notWritten(title))
    }

    private struct FoundPage {
        let path: PagePath
        let anchor: String?
        let problem: Problem?
        /// All of the target was the page's name.
        var isWholeName = false

        func resolution(text: String?) -> Resolution { Resolution(link: .page(path, anchor: anchor, text: text), problem: problem) }
    }

    /// `Page`, `Page#Heading` or `#Heading`.
    private func page(_ target: String) -> FoundPage? {
        // A title may hold a `#` of its own: `C# Notes`.
        if let whole = index.page(named: target, from: path) { return FoundPage(path: whole, anchor: nil, problem: nil, isWholeName: true) }
        guard let hash = target.utf8.firstIndex(of: UInt8(ascii: "#")) else { return nil }
        let name = target[..<hash].trimmed
        let heading = target[target.index(after: hash)...].trimmed
        guard let found = name.isEmpty ? path : index.page(named: name, from: path) else { return nil }
        let anchor = index.anchor(heading, on: found)
        return FoundPage(path: found, anchor: anchor, problem: anchor == nil ? .noSuchAnchor(heading, on: found) : nil)
    }

    // MARK: [Links](destination)

    private func destination(_ destination: String) -> Resolution {
        guard let scheme = LinkSafety.scheme(of: destination) else { return Resolution(link: .dead, problem: .forbiddenScheme) }
        guard scheme.isEmpty else { return Resolution(link: .external(destination)) }
        let (address, anchor) = Self.split(destination, at: "#")
        let (rawPath, query) = Self.split(address[...], at: "?")
        let decoded = PercentEncoding.decode(rawPath)
        guard !decoded.isEmpty else { return onPage(path, anchor: anchor) }
        guard let parts = absolute(decoded) else { return Resolution(link: .dead, problem: .noSuchPage(destination)) }
        let file = "/" + parts.joined(separator: "/")
        if let asset = index.attachments[file] ?? index.assets[file] {
            return Resolution(link: .file(PercentEncoding.encodePath(asset.fingerprintedPath)))
        }
        if OwnPaths.answers(file) { return Resolution(link: .file(file + (query.map { "?\($0)" } ?? ""))) }
        let canonical = PagePath(canonical: parts.joined(separator: "/"))
        if canonical.description.hasPrefix("/tags/") { return Resolution(link: .file(canonical.description)) }
        let target = index.pages[canonical] == nil ? index.aliases[canonical] ?? canonical : canonical
        guard index.pages[target] != nil else { return Resolution(link: .dead, problem: .noSuchPage(destination)) }
        return onPage(target, anchor: anchor)
    }

    private func onPage(_ target: PagePath, anchor: String?) -> Resolution {
        guard let anchor, !anchor.isEmpty else { return Resolution(link: .page(target, anchor: nil, text: nil)) }
        let name = PercentEncoding.decode(anchor)
        // Footnotes and the top of the page are anchors of every page.
        let isOwn = name == "top" || name.hasPrefix("fn-") || name.hasPrefix("fnref-")
        guard let found = index.anchor(name, on: target) ?? (isOwn ? name : nil) else {
            return Resolution(link: .page(target, anchor: name, text: nil), problem: .noSuchAnchor(name, on: target))
        }
        return Resolution(link: .page(target, anchor: found, text: nil))
    }

    /// Components from the content folder down; `nil` for a path that climbs out of it.
    private func absolute(_ destination: String) -> [Substring]? {
        var parts = destination.hasPrefix("/") ? [] : folder
        for part in destination.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts
    }

    private static func split(_ text: some StringProtocol, at mark: Character) -> (String, String?) {
        guard let index = text.firstIndex(of: mark) else { return (String(text), nil) }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    // MARK: Images

    func resolveImage(_ destination: String) -> ResolvedImage {
        guard let scheme = LinkSafety.scheme(of: destination) else { return .dead }
        guard scheme.isEmpty else { return scheme.hasPrefix("http") ? .remote(destination) : .dead }
        let decoded = PercentEncoding.decode(Self.split(destination, at: "?").0)
        guard let parts = absolute(decoded) else { return .dead }
        let file = "/" + parts.joined(separator: "/")
        guard let asset = index.attachments[file] ?? index.assets[file] ?? attachment(named: decoded),
            asset.contentType.hasPrefix("image/")
        else { return .dead }
        return .image(
            url: PercentEncoding.encodePath(asset.fingerprintedPath), width: asset.pixelSize?.width, height: asset.pixelSize?.height)
    }

    /// Obsidian finds a picture by its name alone, wherever it lies.
    private func attachment(named name: String) -> Asset? {
        guard !name.contains("/") else { return nil }
        return index.attachments.assets.values.filter { $0.path.hasSuffix("/" + name) }.min { $0.path < $1.path }
    }
}
