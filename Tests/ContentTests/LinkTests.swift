import Foundation
import Site
import TestSupport
import Testing

@Suite struct LinkTests {
    private let wiki = [
        "home.md": "# Home",
        "wiki/setup/Quick-Start-Guide.md": "---\ntitle: Quick Start\n---\n# Quick Start Guide\n\n## 🚀 First steps\n\n## Next",
        "wiki/services/Index.md": "---\ntitle: Services Index\n---\n# Services Reference",
        "other/setup/Quick-Start-Guide.md": "# Other guide",
        "C-Sharp.md": "# C# Notes",
    ]

    @Test(arguments: [
        ("[[Quick Start]]", "/wiki/setup/quick-start-guide", "Quick Start"),
        ("[[quick start guide]]", "/wiki/setup/quick-start-guide", "quick start guide"),
        ("[[Quick-Start-Guide|Begin]]", "/wiki/setup/quick-start-guide", "Begin"),
        ("[[Begin|setup/Quick-Start-Guide]]", "/wiki/setup/quick-start-guide", "Begin"),
        ("[[Begin|setup/Quick-Start-Guide|Now]]", "/wiki/setup/quick-start-guide", "Now"),
        ("[[setup/Quick-Start-Guide]]", "/wiki/setup/quick-start-guide", "setup/Quick-Start-Guide"),
        ("[[Quick Start#Next]]", "/wiki/setup/quick-start-guide#next", "Quick Start › Next"),
        ("[[Quick Start#🚀 First steps]]", "/wiki/setup/quick-start-guide#-first-steps", "Quick Start › 🚀 First steps"),
        ("[[#Here]]", "/wiki/a#here", "Here"),
        ("[[Services Reference]]", "/wiki/services", "Services Reference"),
        ("[[All|services/Index]]", "/wiki/services", "All"),
        ("[[C# Notes]]", "/c-sharp", "C# Notes"),
        ("[x](setup/Quick-Start-Guide.md)", "/wiki/setup/quick-start-guide", "x"),
        ("[x](./setup/Quick-Start-Guide.md#next)", "/wiki/setup/quick-start-guide#next", "x"),
        ("[x](../home.md)", "/home", "x"),
        ("[x](/home)", "/home", "x"),
        ("[x](services/Index.md)", "/wiki/services", "x"),
        ("[x](setup/Quick%2DStart-Guide.md)", "/wiki/setup/quick-start-guide", "x"),
        ("[x](#here)", "/wiki/a#here", "x"),
    ])
    func `a link finds its page`(_ markdown: String, _ url: String, _ text: String) throws {
        var files = wiki
        files["wiki/a.md"] = "# A\n\n\(markdown)\n\n## Here"
        let site = try load(files)
        #expect(site.html("/wiki/a").contains("<p><a href=\"\(url)\">\(text)</a></p>"), "\(site.html("/wiki/a"))")
        #expect(site.reports == [])
    }

    @Test(arguments: [
        ("[x](gone.md)", "wiki/a.md:3:1: error: the link `gone.md` leads nowhere"),
        ("[x](../../etc/passwd)", "wiki/a.md:3:1: error: the link `../../etc/passwd` leads nowhere"),
        ("[x](../home.md#none)", "wiki/a.md:3:1: error: there is no heading `#none` on /home"),
        ("see [[Quick Start#None]]", "wiki/a.md:3:5: error: there is no heading `#None` on /wiki/setup/quick-start-guide"),
        ("[[Nobody Knows]]", "wiki/a.md:3:1: warning: nobody has written `Nobody Knows` yet"),
        ("[x](javascript:alert)", "wiki/a.md:3:1: error: links of this kind are not followed"),
        ("![x](none.png)", "wiki/a.md:3:2: error: there is no image `none.png`"),
        (
            "![x](https://example.org/a.png)",
            "wiki/a.md:3:2: warning: the image `https://example.org/a.png` is on another host and is shown as a link"
        ),
    ])
    func `a link that leads nowhere is named where it stands`(_ markdown: String, _ report: String) throws {
        var files = wiki
        files["wiki/a.md"] = "# A\n\n\(markdown)"
        #expect(try load(files).reports == [report])
    }

    @Test func `an anchor that is nearly right is corrected`() throws {
        let site = try load(["a.md": "# A\n\n[x](#first-steps)\n\n## 🚀 First Steps"])
        #expect(site.diagnostics[0].remedy == "did you mean `#-first-steps`?")
    }

    @Test func `each page knows who links to it, and wanted pages who asks for them`() throws {
        let site = try load(["a.md": "[[B]] [[Nowhere]]", "b.md": "[[B]] [a](a.md)", "c.md": "[b](b.md) [[nowhere]] ![[B]]"])
        #expect(site.backlinks[PagePath(canonical: "/b")]?.map(\.description) == ["/a", "/c"])
        #expect(site.backlinks[PagePath(canonical: "/a")]?.map(\.description) == ["/b"])
        #expect(site.wanted == [WantedPage(title: "Nowhere", wantedBy: [PagePath(canonical: "/a"), PagePath(canonical: "/c")])])
    }

    @Test func `pictures beside a note are shown with their size`() throws {
        let png = Data(base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAC0lEQVR4nGNgwAQAAA4AAVwk1vYAAAAASUVORK5CYII=")!
        let folder = try TemporaryFolder(["docs/a.md": "![One](one.png) ![[one.png|Again]]\n\n[file](one.png)"])
        try folder.write("docs/one.png", png)
        let site = try load(folder)
        let html = site.html("/docs/a")
        #expect(html.contains("alt=\"One\" width=\"3\" height=\"2\" loading=\"lazy\""))
        #expect(html.contains("alt=\"Again\" width=\"3\""))
        #expect(html.contains("<a href=\"/docs/one."))
        #expect(site.reports == [])
    }
}
