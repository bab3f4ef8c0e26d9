/// The order of a site's pages in every list: by their own order first, then by title without regard
/// to case, then by path, so that it is the same on every replica.
struct PageOrder {
    private var places: [PagePath: Int] = [:]

    init(of pages: [PagePath: Page]) {
        // Lower case is made once a page, and not once a comparison.
        let keys = pages.map { (order: $1.order ?? .max, title: $1.title.lowercased(), path: $0) }
        places.reserveCapacity(keys.count)
        let sorted = keys.sorted { a, b in
            if a.order != b.order { return a.order < b.order }
            return a.title == b.title ? a.path < b.path : a.title < b.title
        }
        for (place, key) in sorted.enumerated() { places[key.path] = place }
    }

    func sorted(_ paths: [PagePath]) -> [PagePath] {
        guard paths.count > 1 else { return paths }
        return paths.map { (place: places[$0], path: $0) }.sorted { a, b in
            if let first = a.place, let second = b.place { return first < second }
            // No page of the site: it has a path and nothing else.
            return a.path < b.path
        }.map(\.path)
    }
}
