import FoundationEssentials
import PageCache
import Rendering
import Site

/// What an answer is made from, where it is, and what would change it.
public struct Explanation: Codable, Sendable, Equatable {
    public struct Item: Codable, Sendable, Equatable {
        public var name: String
        public var values: [String]

        public init(_ name: String, _ values: [String]) {
            self.name = name
            self.values = values
        }
    }

    public var items: [Item]

    /// One value a line, each name once.
    ///
    /// - Parameter emphasize: makes a name stand out.
    public func text(emphasizing emphasize: (String) -> String = { $0 }) -> String {
        var text = ""
        for item in items {
            for (number, value) in item.values.enumerated() {
                let name = number == 0 ? item.name : ""
                text += emphasize(name + String(repeating: " ", count: max(1, 14 - name.count))) + value + "\n"
            }
        }
        return text
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// Puts an item behind the one called `name`, or last.
    public mutating func add(_ item: Item, behind name: String) {
        let index = items.firstIndex { $0.name == name }.map { $0 + 1 } ?? items.endIndex
        items.insert(item, at: index)
    }
}

extension Edition {
    /// What the answer at `address` is made from; `nil` where there is none.
    ///
    /// - Parameter folder: where the notes are, to name them.
    public func explanation(of address: String, folder: String? = nil) -> Explanation? {
        if let target = manifest.redirects[address] {
            return Explanation(items: [
                Explanation.Item("address", [address]), Explanation.Item("leads to", ["\(target) (301): it is an old address"]),
            ])
        }
        if let asset = assets.responses[address] {
            return Explanation(items: [
                Explanation.Item("address", [address]), Explanation.Item("source", ["a file; entity tag \(asset.identity.entityTag)"]),
            ])
        }
        guard let entry = manifest.entries[address] else { return nil }
        var items = [
            Explanation.Item("address", [address]), Explanation.Item("digest", [entry.digest.description]),
            Explanation.Item("changes with", ["the source, the templates, and what it shows or is linked by, as below; nothing else"]),
        ]
        func list(_ name: String, _ values: [String]) {
            if !values.isEmpty { items.append(Explanation.Item(name, values)) }
        }
        switch entry.resource {
        case .page(let path), .markdown(let path):
            guard let page = site.pages[path] else { return nil }
            let file = page.file.map { file in folder.map { "\($0)/\(file)" } ?? file }
            list("source", [file ?? "none: a folder without an index"])
            if case .page = entry.resource { list("templates", documents.templates(of: page, in: site)) }
            list("shows", documents.pagesShown(on: page, in: site).map(\.description))
            list("linked by", (site.backlinks[page.path] ?? []).map(\.description))
            list("redirects", page.aliases.map(\.description))
            list(
                "problems",
                site.diagnostics.filter { diagnostic in page.file.map { diagnostic.file.hasSuffix("/" + $0) } ?? false }.map(\.description))
        case .tag(let slug): list("shows", (site.tagged(slug)?.pages ?? []).map(\.description))
        case .status: list("shows", ["what /status/parts answers, put in by the browser"])
        case .tags, .wanted, .atomFeed, .jsonFeed, .sitemap, .robots, .languageModels: list("shows", ["every public page that belongs in it"])
        }
        let due = site.due.filter { $0.address == address }
        list("due", due.map { "\(Date(timeIntervalSince1970: $0.at).formatted(.iso8601)): \($0.appears ? "appears" : "disappears")" })
        return Explanation(items: items)
    }
}

extension PublishedSite {
    /// The same of what is served now, with where it is.
    func explanation(of address: String) -> Explanation? {
        guard var explanation = current.explanation(of: address) else { return nil }
        let words: String? =
            switch standing(of: address) {
            case .pinned: "always ready"
            case .ready(let time, let origin): "ready for \(time.components.seconds) s, \(Self.words(origin))"
            case .absent(.notAskedFor): "a miss: nobody has asked for it since the server started; it is taken from Redis, or rendered"
            case .absent(.changed): "a miss: what it is made from has changed, and nobody has asked since; it is taken from Redis, or rendered"
            case .absent(.evicted): "a miss: it made room for others (LANDING_CACHE_BYTES); it is taken from Redis, or rendered"
            case nil: nil
            }
        if let words { explanation.add(Explanation.Item("in memory", [words]), behind: "digest") }
        return explanation
    }

    private static func words(_ origin: CacheStatus?) -> String {
        switch origin {
        case .none: "rendered here before anybody asked for it"
        case .sharedHit: "taken from Redis, where another server had put it"
        default: "rendered here when it was asked for"
        }
    }
}
