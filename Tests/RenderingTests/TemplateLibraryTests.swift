import Rendering
import Site
import Testing

@Suite struct TemplateLibraryTests {
    private static func files(_ changes: [String: String] = [:]) -> [TemplateFile] {
        var texts = Dictionary(uniqueKeysWithValues: TemplateLibrary.required.map { ($0, "{{page.title}}") })
        for (name, text) in changes { texts[name] = text }
        return texts.map { TemplateFile(name: $0, file: "Templates/\($0).mustache", text: $1) }
    }

    private static func problems(_ changes: [String: String]) -> [String] {
        do {
            _ = try TemplateLibrary(files(changes), assets: AssetCatalog())
            return []
        } catch {
            return error.diagnostics.map { "\($0.location): \($0.message)" }
        }
    }

    @Test(arguments: [
        ("a\n  {{#open}}\n", "Templates/page.mustache:3:1: a section is not closed"),
        ("{{#a}}\n{{/b}}", "Templates/page.mustache:2:4: a section is closed by another's name"),
        ("x\n {{> partials/none}}", "Templates/page.mustache:2:2: there is no template `partials/none`"),
        ("{{<none}}{{/none}}", "Templates/page.mustache:1:1: there is no template `none`"),
        ("\n{{{title}}}", "Templates/page.mustache:2:1: `title` would go out unescaped"),
        ("{{& title}}", "Templates/page.mustache:1:1: `title` would go out unescaped"),
        ("{{#asset}}/none.css{{/asset}}", "Templates/page.mustache:1:1: there is no asset `/none.css`"),
    ])
    func `a template that cannot be used is named by file and line`(_ template: String, _ problem: String) {
        #expect(Self.problems(["page": template]) == [problem])
    }

    @Test func `a kind of page without a template is reported`() {
        let files = Self.files().filter { $0.name != "error" }
        #expect(throws: TemplateProblems.self) { try TemplateLibrary(files, assets: AssetCatalog()) }
    }

    @Test func `layouts and partials are not for pages to ask for`() throws {
        let library = try TemplateLibrary(Self.files(["layout": "x", "partials/a": "y", "special": "z"]), assets: AssetCatalog())
        #expect(library.pageTemplates == TemplateLibrary.required.filter { !$0.contains("/") }.union(["special"]))
    }
}
