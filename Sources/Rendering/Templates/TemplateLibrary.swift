public import Site

/// The templates of a site, parsed and checked.
public struct TemplateLibrary: Sendable {
    private let templates: [String: Template]
    /// Names that a page may ask for: everything but layouts and partials.
    public let pageTemplates: Set<String>
    /// What each template says once its assets are in place, and whom it includes.
    private let sources: [String: Source]

    private struct Source {
        let text: String
        let partials: [String]
    }

    /// Kinds of page that the site itself needs.
    public static let required: Set<String> = [
        "home", "page", "doc", "folder", "tag", "tags", "wanted", "contact", "contact-sent", "error", "account/sign-in", "account/sign-in-code",
        "account/sign-up", "account/reset", "account/dead-link", "account/overview", "account/sessions", "account/activity", "account/two-factor",
        "account/recovery-codes", "account/delete", "account/people", "account/person", "account/link", "account/audit",
        "dashboard/overview", "dashboard/agents", "dashboard/chat", "dashboard/sessions", "dashboard/channels", "dashboard/jobs",
        "dashboard/workflows", "dashboard/events", "dashboard/logs", "dashboard/status",
    ]

    /// Values that are HTML already; nothing else may go out unescaped.
    private static let htmlValues: Set<String> = ["body", "lead"]

    /// - Parameter assets: the files whose addresses templates may ask for.
    /// - Throws: ``TemplateProblems`` naming file and line of everything that is wrong.
    public init(_ files: [TemplateFile], assets: AssetCatalog) throws(TemplateProblems) {
        var problems: [Diagnostic] = []
        var templates: [String: Template] = [:]
        var sources: [String: Source] = [:]
        let names = Set(files.map(\.name))
        for file in files {
            let tags = TemplateTags(of: file.text, assets: assets)
            func report(_ tag: TemplateTags.Tag, _ message: String, _ remedy: String) {
                problems.append(Diagnostic(.error, file: file.file, line: tag.line, column: tag.column, message, remedy: remedy))
            }
            for tag in tags.partials where !names.contains(tag.name) {
                report(tag, "there is no template `\(tag.name)`", "add \(tag.name).mustache, or correct the name")
            }
            for tag in tags.unescaped where !Self.htmlValues.contains(tag.name) {
                report(tag, "`\(tag.name)` would go out unescaped", "write {{\(tag.name)}}; only body and lead are HTML")
            }
            for tag in tags.assets where assets[tag.name] == nil {
                report(tag, "there is no asset `\(tag.name)`", "add it to the public folder, or correct the path")
            }
            sources[file.name] = Source(text: tags.text, partials: tags.partials.map(\.name))
            do throws(TemplateParser.Failure) {
                templates[file.name] = try TemplateParser.parse(tags.text)
            } catch {
                problems.append(
                    Diagnostic(.error, file: file.file, line: error.line, column: error.column, error.message, remedy: error.remedy))
            }
        }
        for name in Self.required.subtracting(names).sorted() {
            problems.append(Diagnostic(.error, file: "\(name).mustache", "the template is missing", remedy: "add it to the templates folder"))
        }
        guard problems.isEmpty else { throw TemplateProblems(diagnostics: problems.sorted()) }
        self.templates = templates
        self.sources = sources
        pageTemplates = names.filter { !$0.contains("/") && $0 != "layout" }
    }

    /// Fills the template `name`, which must be one of ``pageTemplates``.
    func render(_ name: String, _ context: TemplateContext) -> String {
        guard let template = templates[name] else { return "" }
        var renderer = TemplateRenderer(templates, context)
        return renderer.render(template)
    }

    /// Fills the template `name`, the partial of `prepared` with what it holds, where that is right.
    func render(
        _ name: String, _ context: TemplateContext, onDemand: (name: String, make: () -> TemplateValue?),
        prepared: (partial: String, fragment: PreparedFragment, mark: String)?
    ) -> String {
        guard let template = templates[name] else { return "" }
        var renderer = TemplateRenderer(templates, context)
        renderer.onDemand = onDemand
        renderer.prepared = prepared
        return renderer.render(template)
    }

    /// What the partial says in every document that has this value of that name, whatever else it has.
    func fragment(_ partial: String, _ context: TemplateContext) -> PreparedFragment? {
        guard let template = templates[partial] else { return nil }
        var renderer = TemplateRenderer(templates, context)
        return renderer.fragment(template)
    }

    /// The template and everything that it includes, sorted.
    func names(reachedFrom name: String) -> [String] {
        var reached: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard reached.insert(next).inserted, let source = sources[next] else { continue }
            open += source.partials
        }
        return reached.sorted()
    }

    /// Over the template, everything that it includes, and the addresses of the assets in them.
    func digest(of name: String, _ hash: DigestFunction) -> Digest {
        var input = DigestInput("template")
        for name in names(reachedFrom: name) {
            input.add(name)
            input.add(sources[name]?.text)
        }
        return hash(input)
    }
}

/// Templates that cannot be used.
public struct TemplateProblems: Error, CustomStringConvertible {
    public let diagnostics: [Diagnostic]

    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
