/// Colours code on the server, so that no script is needed to read it.
enum Highlighter {
    /// Writes `code` with its pieces marked; a language that is not known stays plain.
    static func write(_ code: String, language: String, to html: inout HTMLBuffer) {
        guard let lexer = lexers[language] else { return html.text(code) }
        var scanner = CodeScanner(code)
        lexer(&scanner)
        scanner.write(.max - scanner.position)
        html.append(scanner.html)
    }

    static var languages: some Sequence<String> { lexers.keys }

    private typealias Lexer = @Sendable (inout CodeScanner) -> Void

    private static let lexers: [String: Lexer] = {
        var lexers: [String: Lexer] = [:]
        func add(_ names: String, _ lexer: @escaping Lexer) {
            for name in names.split(separator: " ") { lexers[String(name)] = lexer }
        }
        for grammar in Grammar.all { add(grammar.names) { grammar.scan(&$0) } }
        add("bash sh shell zsh console terminal") { ShellLexer.scan(&$0) }
        add("yaml yml") { YAMLLexer.scan(&$0) }
        add("json jsonc json5") { JSONLexer.scan(&$0) }
        add("http") { HTTPLexer.scan(&$0) }
        add("nginx") { NginxLexer.scan(&$0) }
        add("dockerfile docker containerfile") { DockerfileLexer.scan(&$0) }
        add("ini toml conf properties env dotenv") { SettingsLexer.scan(&$0) }
        add("diff patch") { DiffLexer.scan(&$0) }
        return lexers
    }()
}
