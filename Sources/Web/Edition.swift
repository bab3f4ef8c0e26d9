public import PageCache
public import Rendering
public import Site

/// Everything that answers requests at one moment, consistent in itself.
public struct Edition: Sendable {
    public let site: SiteSnapshot
    public let documents: SiteDocuments
    public let assets: PreparedAssets
    /// What every answer is made from.
    public let manifest: SiteManifest

    public init(site: SiteSnapshot, documents: SiteDocuments, assets: PreparedAssets, manifest: SiteManifest) {
        self.site = site
        self.documents = documents
        self.assets = assets
        self.manifest = manifest
    }

    /// What the cache serves while this edition is public.
    var table: ResponseTable {
        ResponseTable(entries: manifest.entries.mapValues { ResponseTable.Entry(digest: $0.digest) }, pinned: assets.responses)
    }

    /// Makes the answer that `resource` stands for.
    public func content(of resource: Resource) throws -> ResponseContent {
        guard let document = documents.document(resource, in: site) else { throw WebError.notFound }
        return ResponseContent(document.head, body: Array(document.text.utf8))
    }
}

extension ResponseContent {
    init(_ head: Document.Head, body: [UInt8]) {
        self.init(
            contentType: head.contentType, cacheControl: head.cacheControl, vary: head.isNegotiated ? "Accept" : nil,
            link: head.canonical.map { "<\($0)>; rel=\"canonical\"" }, body: body)
    }
}
