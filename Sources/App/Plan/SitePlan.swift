import Site

/// What publishing the files would change of what is served.
struct SitePlan: Encodable, Sendable {
    enum Change: String, Encodable, Sendable { case added, changed, removed, redirected }

    struct Entry: Encodable, Sendable {
        let address: String
        let change: Change
        let title: String?
        /// Where a redirect leads.
        var target: String?
        /// Was answered, and will not be.
        var breaks = false
    }

    /// Digests of both sides.
    let served: String
    let planned: String
    let entries: [Entry]
    let linksBroken: [String]
    let linksHealed: [String]
    let due: [SiteSummary.DueChange]

    init(from old: SiteSummary, to new: SiteSummary) {
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

    var breaks: Bool { entries.contains(where: \.breaks) || !linksBroken.isEmpty }

    func count(_ change: Change) -> Int { entries.count { $0.change == change } }

    private static func more(in list: [String], than other: [String]) -> [String] {
        var rest = Dictionary(other.map { ($0, 1) }, uniquingKeysWith: +)
        return list.filter { line in
            guard let count = rest[line], count > 0 else { return true }
            rest[line] = count - 1
            return false
        }
    }
}
