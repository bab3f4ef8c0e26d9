extension Grammar {
    static let all = [swift, javascript, sql, python, go]

    static let swift = Grammar(
        names: "swift",
        keywords: words(
            """
            actor any as associatedtype async await borrowing break case catch class consuming continue convenience copy default defer deinit
            didSet discard do else enum extension fallthrough fileprivate final for func get guard if import in indirect init inout internal is
            isolated lazy let mutating nonisolated nonmutating open operator optional override package precedencegroup private protocol public
            repeat required rethrows return sending set some static struct subscript super switch throw throws try typealias unowned unsafe var
            weak where while willSet yield
            """),
        constants: words("true false nil self Self"),
        quotes: [Quote("\"\"\"", spansLines: true), Quote("#\""), Quote("\"")])

    static let javascript = Grammar(
        names: "javascript js mjs cjs jsx typescript ts tsx",
        keywords: words(
            """
            abstract as async await break case catch class const continue debugger declare default delete do else enum export extends finally
            for from function get if implements import in instanceof interface let namespace new of private protected public readonly return
            satisfies set static super switch throw try type typeof var void while with yield
            """),
        quotes: [Quote("`", spansLines: true), Quote("\""), Quote("'")])

    static let sql = Grammar(
        names: "sql postgresql postgres pgsql psql sqlite",
        keywords: words(
            """
            add all alter analyze and any as asc authorization begin between by cascade case cast check collate column commit concurrently
            conflict connection constraint copy create cross current database default deferrable delete desc distinct do drop else end except
            exists explain extension filter for foreign from full function grant group having if ilike in index inner insert intersect into is
            join key lateral left like limit lock materialized natural no not nothing nulls of offset on only or order outer over partition
            password policy primary privileges procedure references reindex replace returning returns revoke right role rollback row schema
            select sequence session set show table temporary then to transaction trigger truncate union unique update user using vacuum values
            view when where window with
            """),
        constants: words("true false null"),
        lineComments: ["--"],
        quotes: [Quote("'", spansLines: true), Quote("\"", token: .variable)],
        ignoresCase: true,
        attributeMark: nil)

    static let python = Grammar(
        names: "python py",
        keywords: words(
            """
            and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match
            nonlocal not or pass raise return try while with yield
            """),
        constants: words("True False None self"),
        lineComments: ["#"],
        blockComment: nil,
        quotes: [Quote("\"\"\"", spansLines: true), Quote("'''", spansLines: true), Quote("\""), Quote("'")])

    static let go = Grammar(
        names: "go golang",
        keywords: words(
            """
            break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select
            struct switch type var
            """),
        constants: words("true false nil iota"),
        quotes: [Quote("`", spansLines: true), Quote("\""), Quote("'")])

    private static func words(_ text: String) -> Set<String> { Set(text.split(whereSeparator: \.isWhitespace).map(String.init)) }
}
