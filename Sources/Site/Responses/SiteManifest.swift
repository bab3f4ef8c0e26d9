/// Everything that a site answers, by what it is made from: the value that two
/// moments, two folders or two replicas are compared by.
public struct SiteManifest: Sendable, Equatable {
    public struct Entry: Sendable, Hashable {
        public let resource: Resource
        public let digest: Digest

        public init(resource: Resource, digest: Digest) {
            self.resource = resource
            self.digest = digest
        }
    }

    /// By address.
    public let entries: [String: Entry]
    /// Old addresses, and where they lead.
    public let redirects: [String: String]
    /// Over all of it, assets included: names the generation.
    public let digest: Digest

    /// - Parameter assets: fingerprints by plain address.
    public init(entries: [Entry], redirects: [String: String], assets: [String: String], hash: DigestFunction) {
        self.entries = Dictionary(entries.map { ($0.resource.address, $0) }, uniquingKeysWith: { first, _ in first })
        self.redirects = redirects
        var input = DigestInput("site")
        for (address, entry) in self.entries.sorted(by: { $0.key < $1.key }) {
            input.add(address)
            input.add(entry.digest)
        }
        for (from, to) in redirects.sorted(by: { $0.key < $1.key }) {
            input.add(from)
            input.add(to)
        }
        for (path, fingerprint) in assets.sorted(by: { $0.key < $1.key }) {
            input.add(path)
            input.add(fingerprint)
        }
        digest = hash(input)
    }
}
