import Mustache
import Site
import TestSupport
import Testing

@testable import Content
@testable import Rendering

/// What a template says, beside swift-mustache, which follows the specification.
@Suite struct TemplateLanguageTests {
    private func rendered(_ texts: [String: String], _ context: [String: Any], _ name: String = "page") throws -> String {
        let templates = try texts.mapValues(TemplateParser.parse)
        var renderer = TemplateRenderer(templates, TemplateContext(context))
        return renderer.render(try #require(templates[name]))
    }

    private func reference(_ texts: [String: String], _ context: [String: Any], _ name: String = "page") throws -> String {
        try #require(MustacheLibrary(templates: texts.mapValues { try MustacheTemplate(string: $0) }).render(context, withTemplate: name))
    }

    private static var context: [String: Any] {
        [
            "title": "A < B & \"C\" 'D' é", "empty": "", "yes": true, "no": false, "zero": 0, "number": 42,
            "page": ["title": "Inner", "deep": ["title": "Deepest"] as [String: Any], "list": [["title": "x"], ["name": "y"]]] as [String: Any],
            "items": [["title": "one", "url": "/1", "last": false], ["title": "two", "last": true], ["url": "/3"]] as [[String: Any]],
            "none": [[String: Any]](), "words": ["a", "<b>", "c"],
        ]
    }

    private static let partials = [
        "line": "<{{title}}>\n", "lines": "1 {{title}}\n  2\n\n{{#yes}}\n3{{no}}\n{{/yes}}\n", "flat": "{{title}}",
        "frame": "<{{$head}}head {{title}}{{/head}}|{{$main}}\n  main\n{{/main}}>\n{{> flat}}\n",
        "nested": "{{<frame}}\n{{$main}}\nnested {{$part}}part{{/part}}\n{{/main}}\n{{/frame}}\n",
    ]

    @Test(arguments: [
        "plain", "", "\n\n", "a\n", "{{title}}", "{{{title}}}", "{{&title}}", "{{ title }}", "{{nothing}}", "{{number}} {{zero}}",
        "{{yes}} {{no}}", "{{page.title}} {{page.deep.title}} {{page.none.title}} {{.title}}",
        "{{#page}}{{title}} {{deep.title}} {{number}}{{/page}}",
        "{{#items}}\n{{title}}: {{url}}{{^last}}, {{/last}}\n{{/items}}\n", "{{^items}}none{{/items}}{{^none}}none{{/none}}{{^nothing}}x{{/nothing}}",
        "{{#empty}}shown{{/empty}}{{#zero}}shown{{/zero}}{{^zero}}not{{/zero}}", "{{#words}}<{{.}}>{{{.}}}{{/words}}", "{{#none}}a{{/none}}",
        "{{#page.list}}{{title}}{{name}} {{/page.list}}", "a {{! remark }} b\n  {{! alone }}  \nc", "  {{#yes}}  \n  x\n  {{/yes}}\ny",
        "  {{#yes}} a {{/yes}}\n b", "{{#yes}}\nx{{/yes}} {{! c }}\ny", "\r\n{{#yes}}\r\nx\r\n{{/yes}}\r\ny", "{{> line}}", "  {{> line}}\nx",
        "a {{> line}} b", "\t{{> lines}}z", " {{> nested}}", "{{<frame}}{{$head}}mine{{/head}}{{/frame}}",
        "{{<frame}}\n  {{$main}}\n    one\n      two {{title}}\n  {{/main}}\n{{/frame}}\n", "  {{<frame}}{{$main}}a\nb\n{{/main}}{{/frame}}",
        "{{<nested}}{{$part}}new{{/part}}{{$head}}H{{/head}}{{/nested}}", "{{#items}}{{> flat}},{{/items}}",
        "{{#first(items)}}{{url}}{{/first(items)}}",
        "{{#last(items)}}{{url}}{{/last(items)}}{{^first(none)}}no{{/first(none)}}", "{{ #yes }}a{{ / yes }}", "{ {title} } {{title}}}",
        "é{{title}}ß\n",
    ])
    func `a template says what the specification says`(_ text: String) throws {
        let texts = Self.partials.merging(["page": text]) { _, own in own }
        let expected: String
        do { expected = try reference(texts, Self.context) } catch {
            #expect(throws: TemplateParser.Failure.self) { try rendered(texts, Self.context) }
            return
        }
        #expect(try rendered(texts, Self.context) == expected)
    }

    @Test func `any template says what the specification says`() throws {
        var random = SplitMix(seed: 4)
        for _ in 0..<600 {
            let text = Self.template(depth: 3, framed: true, &random)
            let texts = Self.partials.merging(["page": text]) { _, own in own }
            #expect(try rendered(texts, Self.context) == reference(texts, Self.context), "\(text.debugDescription)")
        }
    }

    private static func template(depth: Int, framed: Bool, _ random: inout SplitMix) -> String {
        let names = ["title", "page", "page.title", "items", "none", "yes", "no", "zero", "words", "page.list", "nothing", "empty", "number"]
        var text = ""
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let name = names.randomElement(using: &random) ?? ""
            let plain = names.prefix(3).randomElement(using: &random) ?? ""
            // A frame inside of what replaces a part of it includes itself.
            let choice = Int.random(in: 0..<(framed ? 12 : 10), using: &random)
            let inner = depth > 0 ? template(depth: depth - 1, framed: framed && choice < 10, &random) : "."
            switch choice {
            case 0: text += "\n"
            case 1: text += "  "
            case 2: text += "a & b"
            case 3:
                text +=
                    "{{\(name == "page" || name == "items" || name == "none" || name == "words" || name == "page.list" ? plain == "page" ? "title" : plain : name)}}"
            case 4: text += "{{#\(name)}}\(inner){{/\(name)}}"
            case 5: text += "\n{{^\(name)}}\n\(inner)\n{{/\(name)}}\n"
            case 6: text += "\n  {{#\(name)}}\n\(inner)\n  {{/\(name)}}\n"
            case 7: text += "{{> line}}"
            case 8: text += "\n  {{> lines}}\n"
            case 9: text += "{{! remark }}"
            case 10: text += "\n{{<frame}}\n{{$main}}\(inner){{/main}}\n{{/frame}}\n"
            default: text += "{{<nested}}{{$part}}\(inner){{/part}}{{/nested}}"
            }
        }
        return text
    }

    @Test func `what is prepared for many documents says in each what it would say anyway`() throws {
        var random = SplitMix(seed: 7)
        var prepared = 0
        for _ in 0..<600 {
            let partial = Self.template(depth: 2, framed: true, &random).replacing("words", with: "bar.items").replacing("yes", with: "current")
            let templates = try Self.partials.merging(["page": "a\n{{> part}}\nb", "part": partial]) { _, own in own }.mapValues(TemplateParser.parse)
            func bar(_ isCurrent: (String) -> any TemplateConvertible) -> TemplateContext {
                [
                    "title": "Bar", "current": isCurrent("/"),
                    "items": ["/", "/a", "/b"].map { path -> TemplateContext in ["title": path, "current": isCurrent(path)] },
                ]
            }
            var maker = TemplateRenderer(templates, ["bar": bar { TemplateMark(name: $0) }])
            guard let fragment = maker.fragment(try #require(templates["part"])) else { continue }
            prepared += 1
            for path in ["/", "/a", "/c"] {
                for own: TemplateContext in [[:], ["title": "Own", "items": [["title": "x"] as TemplateContext], "current": true]] {
                    var whole = own
                    whole["bar"] = bar { $0 == path }
                    var plain = TemplateRenderer(templates, whole)
                    var quick = TemplateRenderer(templates, own)
                    quick.onDemand = ("bar", { .context(bar { $0 == path }) })
                    quick.prepared = ("part", fragment, path)
                    let page = try #require(templates["page"])
                    #expect(quick.render(page) == plain.render(page), "\(partial.debugDescription)")
                }
            }
        }
        #expect(prepared > 60)
    }

    @Test func `a value in JSON is escaped for JSON, up to the end of its template`() throws {
        let texts = [
            "page": "{{title}} {{> data}} {{title}}", "data": "{{% CONTENT_TYPE:JSON}}\n{\"a\":\"{{title}}\"}{{> flat}}", "flat": "{{title}}",
        ]
        #expect(try rendered(texts, ["title": "<\"'"]) == "&lt;&quot;&#39; {\"a\":\"\\u003c\\\"'\"}&lt;&quot;&#39; &lt;&quot;&#39;")
    }

    @Test(arguments: [
        "{{title", "{{}}", "{{a b}}", "{{=<% %>=}}", "{{! open", "{{#a}}", "{{/a}}", "{{upper(a)}}", "{{% OTHER:x}}", "{{<a}}{{b}}{{/a}}", "{{{a}}",
    ])
    func `what is no template is refused`(_ text: String) {
        #expect(throws: TemplateParser.Failure.self) { try TemplateParser.parse(text) }
    }

    @Test func `a template that includes itself ends`() throws {
        #expect(try rendered(["page": "x{{> page}}"], [:]).count < 100)
        #expect(
            try rendered(["page": "{{<frame}}{{$a}}x{{<frame}}{{$a}}y{{/a}}{{/frame}}{{/a}}{{/frame}}", "frame": "{{$a}}{{/a}}"], [:]).count < 100)
    }

    @Test func `a value from somebody is never markup, whatever its letters join to`() throws {
        #expect(try rendered(["page": "{{title}}"], ["title": "<\u{301}script>"]) == "&lt;\u{301}script&gt;")
    }
}

extension TemplateContext {
    /// Of what swift-mustache is filled with.
    fileprivate init(_ values: [String: Any]) {
        self.init()
        for (name, value) in values { self[name] = Self.value(value) }
    }

    private static func value(_ value: Any) -> (any TemplateConvertible)? {
        switch value {
        case let text as String: text
        case let flag as Bool: flag
        case let number as Int: number
        case let context as [String: Any]: TemplateContext(context)
        case let list as [Any]: TemplateValue.list(list.compactMap { self.value($0)?.templateValue })
        default: nil
        }
    }
}
