import Foundation
import PageCache
import TestSupport
import Testing

@testable import Web

/// What `?why` tells, and whom.
struct ExplanationTests {
    private static let notes = ["index.md": "# Home\n\nTo [[Guide]].", "guide.md": "---\naliases: [/old]\n---\n# Guide", "later.md": "# Later"]

    private func memory(_ site: LoopbackSite, _ path: String) async throws -> String {
        let text = try await site.get("\(path)?why").body
        return text.split(separator: "\n").first { $0.hasPrefix("in memory") }.map { String($0.dropFirst(14)) } ?? text
    }

    @Test func `an operator learns what an answer is made from`() async throws {
        try await LoopbackSite.run(Self.notes) { site in
            let why = try await site.get("/guide?why")
            #expect(why.status == 200 && why.header("Cache-Control") == "no-store")
            #expect(why.body.contains("source        guide.md\n") && why.body.contains("linked by     /\n"), "\(why.body)")
            #expect(try await site.get("/old?why").body.contains("leads to      /guide (301)"))
            #expect(try await site.get("/css/site.css?why").body.contains("always ready"))
            #expect(try await site.get("/nowhere?why").status == 404)
            let json = try await site.get("/guide?why", headers: ["Accept": "application/json"])
            #expect(try JSONDecoder().decode(Explanation.self, from: Data(json.body.utf8)).items.first == Explanation.Item("address", ["/guide"]))
        }
    }

    @Test func `everybody else gets the page, as with any other query`() async throws {
        try await LoopbackSite.run(Self.notes) { site in
            for headers in [["X-Forwarded-For": "192.0.2.1"], ["Authorization": "Bearer wrong"]] {
                let page = try await site.get("/guide?why", headers: headers)
                #expect(page.status == 200 && page.body.contains("<title>"))
            }
        }
    }

    @Test func `it says where an answer is, and why it is not there`() async throws {
        try await LoopbackSite.run(Self.notes) { site in
            #expect(try await memory(site, "/guide").hasPrefix("a miss: nobody has asked for it"))
            _ = try await site.get("/guide")
            #expect(try await memory(site, "/guide").hasSuffix("rendered here when it was asked for"))
            // Asking why is no visit.
            #expect(try await memory(site, "/later").hasPrefix("a miss: nobody"))
        }
    }
}
