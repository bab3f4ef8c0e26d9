import Markdown
import Testing

@Suite struct HighlighterTests {
    @Test(arguments: [
        (
            "bash", "sudo docker compose up -d # start",
            "<span class=\"t-f\">sudo</span> <span class=\"t-f\">docker</span> compose up <span class=\"t-a\">-d</span> <span class=\"t-c\"># start</span>"
        ),
        ("bash", "export A=\"$B\"", "<span class=\"t-k\">export</span> <span class=\"t-v\">A</span>=<span class=\"t-s\">&quot;$B&quot;</span>"),
        ("yaml", "port: 80 # http", "<span class=\"t-a\">port</span>: <span class=\"t-n\">80</span> <span class=\"t-c\"># http</span>"),
        ("json", "{\"a\": [1, true]}", "{<span class=\"t-a\">&quot;a&quot;</span>: [<span class=\"t-n\">1</span>, <span class=\"t-k\">true</span>]}"),
        ("swift", "let x = f(\"y\")", "<span class=\"t-k\">let</span> x = <span class=\"t-f\">f</span>(<span class=\"t-s\">&quot;y&quot;</span>)"),
        ("javascript", "const a = `b`;", "<span class=\"t-k\">const</span> a = <span class=\"t-s\">`b`</span>;"),
        ("sql", "SELECT 'a' -- b", "<span class=\"t-k\">SELECT</span> <span class=\"t-s\">'a'</span> <span class=\"t-c\">-- b</span>"),
        ("nginx", "listen 80;", "<span class=\"t-k\">listen</span> <span class=\"t-n\">80</span>;"),
        ("dockerfile", "FROM debian AS build", "<span class=\"t-k\">FROM</span> debian <span class=\"t-k\">AS</span> build"),
        ("http", "GET /x HTTP/1.1", "<span class=\"t-k\">GET</span> <span class=\"t-s\">/x</span> HTTP/1.1"),
    ])
    func `each language of the notes is coloured`(_ language: String, _ code: String, _ expected: String) throws {
        #expect(try html("```\(language)\n\(code)\n```").contains(">\(expected)\n</code>"))
    }

    static let samples = [
        "if [ \"$a\" ]; then echo 'b", "key: |\n  block\n  scalar\nnext: {a: \"b\", c: *d}", "\"unclosed", "/* never closed", "`${", "$(", "\\",
        "{{{{ ''' \"\"\"",
        "\u{1F980} = \"ä\"", "--", "@", "#", "- - - a: b", "${unclosed", "server { location / { try_files $uri =404; } }",
    ]

    @Test(arguments: [
        "bash", "yaml", "json", "swift", "javascript", "sql", "nginx", "dockerfile", "http", "python", "go", "ini", "diff", "typescript", "env",
    ])
    func `whatever the code, all of it comes out`(_ language: String) throws {
        for sample in Self.samples {
            let result = try html("```\(language)\n\(sample)\n```")
            let code = try #require(result.firstRange(of: "<code class=\"language-\(language)\">"))
            let end = try #require(result.firstRange(of: "</code>"))
            var text = ""
            var isTag = false
            for character in result[code.upperBound..<end.lowerBound] {
                if character == "<" { isTag = true } else if character == ">" { isTag = false } else if !isTag { text.append(character) }
            }
            for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
                text = text.replacing(entity, with: character)
            }
            #expect(text == sample + "\n")
        }
    }

    @Test func `a language that is not known stays plain and escaped`() throws {
        #expect(try html("```brainfuck\n<>&\n```").contains("<code class=\"language-brainfuck\">&lt;&gt;&amp;\n</code>"))
    }
}
