import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func `check reports by line and ends with 1 on errors`() throws {
        let folder = try TemporaryFolder(["a.md": "# A\n\n[x](gone.md) [[Nobody]]"])
        let result = try LandingProgram().run("check", folder.path)
        #expect(result.status == 1)
        #expect(
            result.output == """
                \(folder.path)/a.md:3:1: error: the link `gone.md` leads nowhere; correct the path, or remove the link
                \(folder.path)/a.md:3:14: warning: nobody has written `Nobody` yet; write it, or correct the title

                """)
        #expect(result.errors == "1 notes, 1 errors, 1 warnings\n")
    }

    @Test func `check ends with 0 where there are only warnings, and writes JSON for programs`() throws {
        let folder = try TemporaryFolder(["a.md": "# A\n\n[[Nobody]]"])
        let result = try LandingProgram().run("check", folder.path, "--format", "json")
        #expect(result.status == 0)
        let entries = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
        #expect(entries?.first?["severity"] as? String == "warning")
        #expect(entries?.first?["line"] as? Int == 3)
    }

    @Test func `the site's own notes have neither errors nor warnings`() throws {
        let result = try LandingProgram().run("check")
        #expect(result.status == 0)
        #expect(result.output == "")
    }

    @Test func `new makes a draft that check accepts, and never over another file`() throws {
        let folder = try TemporaryFolder()
        let program = LandingProgram(environment: ["LANDING_CONTENT": folder.path])
        let made = try program.run("new", "docs/My-first_note", "--title", "My \"first\" note: one")
        #expect(made.status == 0)
        #expect(made.output.contains("Made \(folder.path)/docs/My-first_note.md, a draft for /docs/my-first_note"))
        #expect(try folder.text("docs/My-first_note.md").contains("title: \"My \\\"first\\\" note: one\""))
        #expect(try program.run("check").status == 0)
        let again = try program.run("new", "docs/My-first_note.md")
        #expect(again.status == 1)
        #expect(again.errors.contains("the file is there already"))
        for path in ["../out", "/etc/note", "a/../../b", ".hidden", "tags/x"] {
            #expect(try program.run("new", path).status == 64, "\(path)")
        }
    }

    @Test func `help names every setting with its default`() throws {
        // The help is wrapped to the width of a terminal.
        let help = try LandingProgram().run("serve", "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let readme = try String(contentsOfFile: "\(Repository.path)/README.md", encoding: .utf8)
        for (key, standard) in [
            ("PORT", "3000"), ("HOSTNAME", "127.0.0.1"), ("LANDING_CONTENT", "content"), ("LANDING_TEMPLATES", "Templates"),
            ("LANDING_PUBLIC", "Public"),
            ("LANDING_DATA", "data"), ("LANDING_ORIGIN", "http://127.0.0.1:PORT"), ("LANDING_TRUSTED_PROXIES", "none"),
            ("LANDING_METRICS_TOKEN", "none"), ("LANDING_LOG", "auto"),
        ] {
            #expect(help.contains(key) && help.contains("(default \(standard))"), "\(key)")
            #expect(readme.contains("| `\(key)` | `\(standard)` |"), "\(key) in the README")
        }
    }

    @Test func `output that is no terminal has no colour`() throws {
        let folder = try TemporaryFolder(["a.md": "[x](gone.md)"])
        let result = try LandingProgram().run("check", folder.path)
        #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
    }
}
