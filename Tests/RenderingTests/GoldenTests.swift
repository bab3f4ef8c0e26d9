import Content
import Foundation
import Rendering
import Site
import TestSupport
import Testing

/// Whole documents from a fixed site. Look at a difference before you accept it:
/// `LANDING_UPDATE_GOLDEN=1 swift test --filter GoldenTests`.
@Suite struct GoldenTests {
    private let site: SiteSnapshot
    private let documents: SiteDocuments

    init() throws {
        let assets = try AssetLoader(folder: "\(Repository.path)/Tests/RenderingTests/Fixture/public").load().catalog
        let templates = try TemplateLibrary(TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: Self.named(assets))
        site = try ContentLoader(folder: "\(Repository.path)/Tests/RenderingTests/Fixture/content").load(
            now: Date(timeIntervalSince1970: 1_790_000_000),
            ContentLoader.Surroundings(origin: "https://agents.example", assets: assets, templates: templates.pageTemplates))
        documents = SiteDocuments(templates: templates, assets: AssetCatalog())
    }

    /// The templates' assets with fixed fingerprints, so that a change of a style changes no golden file.
    private static func named(_ assets: AssetCatalog) throws -> AssetCatalog {
        let real = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        return AssetCatalog(
            real.assets.values.map {
                Asset(path: $0.path, fingerprint: "fingerprint", integrity: "integrity", contentType: $0.contentType, bytes: [], pixelSize: nil)
            })
    }

    @Test(arguments: ["/", "/docs", "/docs/everything", "/docs/deep/last", "/loose"])
    func `a page looks as it did`(_ path: String) throws {
        let page = try #require(site.pages[PagePath(canonical: path)])
        let name = path == "/" ? "home" : path.dropFirst().replacing("/", with: "-")
        #expect(try Repository.matchesGolden(documents.page(page, in: site), "RenderingTests/Golden/\(name).html"))
    }

    @Test func `lists, forms and errors look as they did`() throws {
        var form = ContactForm()
        form.name.value = "<b>Ann</b>"
        form.email = ContactForm.Field(value: "ann@", error: "This is not an e-mail address.")
        form.summary = "Please correct the fields below."
        form.confirmationToken = "1.abc"
        let notice = ErrorNotice(status: 404, title: "Page not found", message: "There is no page.", remedy: "Go home.", requestID: "00ff")
        let texts = [
            "tags.html": documents.tags(in: site),
            "tag.html": try documents.tag(#require(site.tagged("alpha")), in: site),
            "wanted.html": documents.wanted(in: site),
            "contact.html": documents.contact(form, in: site),
            "contact-sent.html": documents.contactSent(in: site),
            "error.html": documents.error(notice, in: site),
            "feed.xml": AtomFeed.render(site),
            "feed.json": JSONFeed.render(site),
            "sitemap.xml": Sitemap.render(site),
            "robots.txt": RobotsText.render(site),
            "llms.txt": LanguageModelsText.render(site),
        ]
        for (name, text) in texts { #expect(try Repository.matchesGolden(text, "RenderingTests/Golden/\(name)"), "\(name)") }
    }

    @Test func `data for search engines is JSON whatever a title holds`() throws {
        let page = try #require(site.pages[PagePath(canonical: "/docs/everything")])
        let html = documents.page(page, in: site)
        let start = try #require(html.firstRange(of: "<script type=\"application/ld+json\">"))
        let end = try #require(html[start.upperBound...].firstRange(of: "</script>"))
        let object = try JSONSerialization.jsonObject(with: Data(html[start.upperBound..<end.lowerBound].utf8)) as? [String: Any]
        let graph = try #require(object?["@graph"] as? [[String: Any]])
        #expect(graph.first?["headline"] as? String == "Everything \"at\" <once> & more")
    }

    @Test func `the JSON feed is JSON`() throws {
        let feed = try JSONSerialization.jsonObject(with: Data(JSONFeed.render(site).utf8)) as? [String: Any]
        #expect((feed?["items"] as? [[String: Any]])?.isEmpty == false)
    }
}
