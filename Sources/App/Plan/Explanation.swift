import Foundation
import Rendering
import Site
import Web

extension Edition {
    /// What the answer at `path` is made from, for people; `nil` where there is none.
    ///
    /// - Parameter served: what a running server says of itself.
    func explanation(of path: String, content: String, served: SiteSummary?) -> String? {
        if let target = manifest.redirects[path] { return "\(path) is an old address and leads to \(target) (301)\n" }
        guard let entry = manifest.entries[path] else { return nil }
        var lines: [String] = []
        func say(_ name: String, _ value: String) { lines.append(Style.bold.on(name.padding(toLength: 12, withPad: " ", startingAt: 0)) + value) }
        func list(_ name: String, _ values: [String]) {
            for (number, value) in values.enumerated() { say(number == 0 ? name : "", value) }
        }
        say("address", path)
        say("digest", entry.digest.description)
        switch served?.items[path]?.digest {
        case entry.digest.description?: say("served", "as the files have it")
        case let other?: say("served", "from \(other): the files have changed since")
        case nil where served == nil: say("served", "unknown: no server answers")
        case nil: say("served", "not at all: the files have it, the server does not")
        }
        say("kept as", "landing:page:\(path):… in memory, and in Redis where it is set, until any of the following changes")
        switch entry.resource {
        case .page(let page), .markdown(let page):
            guard let page = site.pages[page] else { return nil }
            say("source", page.file.map { "\(content)/\($0)" } ?? "none: a folder without an index")
            if case .page = entry.resource { list("templates", documents.templates(of: page, in: site)) }
            list("shows", documents.pagesShown(on: page, in: site).map(\.description))
            list("linked by", (site.backlinks[page.path] ?? []).map(\.description))
            list("redirects", page.aliases.map(\.description))
            list(
                "problems",
                site.diagnostics.filter { diagnostic in page.file.map { diagnostic.file.hasSuffix("/" + $0) } ?? false }.map(\.description))
        case .tag(let slug): list("shows", (site.tagged(slug)?.pages ?? []).map(\.description))
        case .tags, .wanted, .atomFeed, .jsonFeed, .sitemap, .robots, .languageModels:
            say("shows", "every public page that belongs in it")
        }
        for change in site.due where change.address == path {
            say("due", "\(Date(timeIntervalSince1970: change.at).formatted(.iso8601)): \(change.appears ? "appears" : "disappears")")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
