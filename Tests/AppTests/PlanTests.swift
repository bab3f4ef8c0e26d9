import Foundation
import TestSupport
import Testing

@Suite struct PlanTests {
    private static let notes = ["index.md": "# Home\n\nTo [[Guide]].", "docs/guide.md": "# Guide\n\nText.", "docs/other.md": "# Other"]

    @Test func `files that are as they are served change nothing`() async throws {
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        _ = try await LandingProgram(environment: ["LANDING_DATA": data.path, "LANDING_CONTENT": content.path]).serve { port in
            let plan = try LandingProgram(environment: ["PORT": "\(port)", "LANDING_CONTENT": content.path, "LANDING_ORIGIN": "http://127.0.0.1:0"])
                .run("plan")
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.output.hasSuffix("Nothing would change.\n"), "\(plan.output)")
        }
    }

    @Test func `a page that goes, the links to it and the lists it was in are named, and the exit code says that something breaks`() throws {
        let old = try TemporaryFolder(Self.notes)
        let new = try TemporaryFolder(Self.notes)
        try new.remove("docs/guide.md")
        try new.write("docs/new.md", "---\npublish: 2999-01-01\n---\n# Later")
        try new.write("fresh.md", "# Fresh")
        let plan = try LandingProgram().run("plan", new.path, "--against", old.path)
        #expect(plan.status == 2)
        #expect(plan.output.contains("- /docs/guide") && plan.output.contains("- /docs/guide.md"), "\(plan.output)")
        #expect(plan.output.contains("+ /fresh") && plan.output.contains("~ /sitemap.xml"))
        #expect(plan.output.contains("breaks index.md: nobody has written `Guide` yet"))
        #expect(plan.output.contains("2999-01-01T00:00:00Z /docs/new appears"))
    }

    @Test func `a page that moves and leaves its old address behind breaks nothing`() throws {
        let old = try TemporaryFolder(Self.notes)
        let new = try TemporaryFolder(Self.notes)
        try new.remove("docs/other.md")
        try new.write("docs/moved.md", "---\naliases: [/docs/other]\n---\n# Other")
        let plan = try LandingProgram().run("plan", new.path, "--against", old.path)
        #expect(plan.output.contains("> /docs/other leads to /docs/moved"), "\(plan.output)")
        #expect(plan.output.contains("> /docs/other.md leads to /docs/moved.md"), "\(plan.output)")
        #expect(plan.status == 0, "\(plan.output)")
    }

    @Test func `a link that leads nowhere in both is no change, whatever the folders are called`() throws {
        let notes = Self.notes.merging(["b.md": "# B\n\n[gone](/nowhere) and [[Nobody]]."]) { $1 }
        let (old, new) = (try TemporaryFolder(notes), try TemporaryFolder(notes))
        let plan = try LandingProgram().run("plan", new.path, "--against", old.path)
        #expect(plan.status == 0 && plan.output.hasSuffix("Nothing would change.\n"), "\(plan.output)")
    }

    @Test func `a plan for programs is JSON`() throws {
        let old = try TemporaryFolder(Self.notes)
        let new = try TemporaryFolder(Self.notes.merging(["a.md": "# A"]) { $1 })
        let plan = try LandingProgram().run("plan", new.path, "--against", old.path, "--format", "json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any])
        let entries = try #require(json["entries"] as? [[String: Any]])
        #expect(entries.contains { $0["address"] as? String == "/a" && $0["change"] as? String == "added" })
        #expect(plan.status == 0)
    }

    @Test func `a server that does not answer is named with what to do`() throws {
        let plan = try LandingProgram(environment: ["PORT": "1"]).run("plan")
        #expect(plan.status == 1)
        #expect(plan.errors.contains("http://127.0.0.1:1 does not answer") && plan.errors.contains("--against"), "\(plan.errors)")
    }

    @Test func `why tells what an answer is made from`() throws {
        let content = try TemporaryFolder(Self.notes)
        let program = LandingProgram(environment: ["PORT": "1", "LANDING_CONTENT": content.path])
        let why = try program.run("why", "/docs/guide")
        #expect(why.status == 0, "\(why.errors)")
        #expect(why.output.contains("\(content.path)/docs/guide.md") && why.output.contains("layout"), "\(why.output)")
        #expect(why.output.contains("linked by     /\n"), "\(why.output)")
        let wrong = try program.run("why", "/guide")
        #expect(wrong.status == 1 && wrong.errors.contains("did you mean /docs/guide?"), "\(wrong.errors)")
    }
}
