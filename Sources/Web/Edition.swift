public import Rendering
public import Site

/// Everything that answers requests at one moment, consistent in itself.
public struct Edition: Sendable {
    public let site: SiteSnapshot
    public let documents: SiteDocuments
    public let assets: PreparedAssets

    public init(site: SiteSnapshot, documents: SiteDocuments, assets: PreparedAssets) {
        self.site = site
        self.documents = documents
        self.assets = assets
    }
}
