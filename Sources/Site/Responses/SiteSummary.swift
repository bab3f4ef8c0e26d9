/// What a site serves and what will become of it by itself, in a form that travels:
/// the served side of a comparison with files.
public struct SiteSummary: Codable, Sendable, Equatable {
    public struct Item: Codable, Sendable, Equatable {
        /// 64 hexadecimal digits.
        public var digest: String
        /// For people; nil for lists and feeds.
        public var title: String?

        public init(digest: String, title: String?) {
            self.digest = digest
            self.title = title
        }
    }

    /// A page that appears or disappears without anybody doing anything.
    public struct DueChange: Codable, Sendable, Equatable {
        /// Seconds since 1970.
        public var at: Double
        public var address: String
        public var appears: Bool

        public init(at: Double, address: String, appears: Bool) {
            self.at = at
            self.address = address
            self.appears = appears
        }
    }

    /// Over everything that is served.
    public var digest: String
    /// Names the files where they were applied; `nil` where they are published as they are saved.
    public var generation: String?
    /// By address.
    public var items: [String: Item]
    public var redirects: [String: String]
    /// As ``SiteSnapshot/brokenLinks``.
    public var brokenLinks: [String]
    /// The soonest first.
    public var due: [DueChange]

    /// Nothing is served.
    public static let nothing = SiteSummary()

    private init() {
        digest = ""
        items = [:]
        redirects = [:]
        brokenLinks = []
        due = []
    }

    public init(_ manifest: SiteManifest, of site: SiteSnapshot, generation: GenerationID? = nil) {
        self.generation = generation?.description
        digest = manifest.digest.description
        items = manifest.entries.mapValues { entry in
            let title: String? = if case .page(let path) = entry.resource { site.pages[path]?.title } else { nil }
            return Item(digest: entry.digest.description, title: title)
        }
        redirects = manifest.redirects
        brokenLinks = site.brokenLinks
        due = site.due
    }
}
