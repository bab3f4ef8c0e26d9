public import Site

/// A manifest, and the site and the documents that it was made of.
public struct PreviousManifest: Sendable {
    let site: SiteSnapshot
    let documents: SiteDocuments
    let manifest: SiteManifest

    public init(_ manifest: SiteManifest, of site: SiteSnapshot, _ documents: SiteDocuments) {
        self.manifest = manifest
        self.site = site
        self.documents = documents
    }
}
