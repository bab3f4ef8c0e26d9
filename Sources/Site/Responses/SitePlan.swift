/// What publishing one state of a site in another's place would change for its readers.
public struct SitePlan: Encodable, Sendable {
    public enum Change: String, Encodable, Sendable { case added, changed, removed, redirected }

    public struct Entry: Encodable, Sendable {
        public let address: String
        public let change: Change
        public let title: String?
        /// Where a redirect leads.
        public var target: String?
        /// Was answered, and will not be.
        public var breaks = false
    }

    /// Digests of both sides.
    public let served: String
    public let planned: String
    public let entries: [Entry]
    public let linksBroken: [String]
    public let linksHealed: [String]
    public let due: [SiteSummary.DueChange]

    public init(from old: SiteSummary, to new: SiteSummary) {
        served = old.digest
        planned = new.digest
        var entries: [Entry] = []
        for (address, item) in new.items where old.items[address]?.digest != item.digest {
            entries.append(Entry(address: address, change: old.items[address] == nil ? .added : .changed, title: item.title))
        }
        for (address, item) in old.items where new.items[address] == nil {
            let target = new.redirects[address]
            entries.append(
                Entry(address: address, change: target == nil ? .removed : .redirected, title: item.title, target: target, breaks: target == nil))
        }
        for (address, target) in new.redirects where old.redirects[address] != target && old.items[address] == nil {
            entries.append(Entry(address: address, change: .redirected, title: nil, target: target))
        }
        for address in old.redirects.keys where new.redirects[address] == nil && new.items[address] == nil {
            entries.append(Entry(address: address, change: .removed, title: nil, breaks: true))
        }
        self.entries = entries.sorted { $0.address < $1.address }
        // A list, not a set: the same mistake twice in one file counts twice.
        linksBroken = Self.more(in: new.brokenLinks, than: old.brokenLinks)
        linksHealed = Self.more(in: old.brokenLinks, than: new.brokenLinks)
        due = new.due
    }

    /// An address that was answered is not any more, or a link leads nowhere that did not.
    public var breaks: Bool { entries.contains(where: \.breaks) || !linksBroken.isEmpty }

    public func count(_ change: Change) -> Int { entries.count { $0.change == change } }

    private static func more(in list: [String], than other: [String]) -> [String] {
        var rest = Dictionary(other.map { ($0, 1) }, uniquingKeysWith: +)
        return list.filter { line in
            guard let count = rest[line], count > 0 else { return true }
            rest[line] = count - 1
            return false
        }
    }
}
