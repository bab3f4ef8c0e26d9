import FoundationEssentials
import Site
import Yams

/// Reads front matter, with Yams where it is not plain, understands Obsidian's idioms, and says what is wrong.
///
/// Whatever is wrong, the note stays: keys that can be read are read, line by
/// line if need be, so that a slip in one line never publishes a draft.
struct FrontMatterReader {
    private let file: String
    private(set) var frontMatter = FrontMatter()
    private(set) var diagnostics: [Diagnostic] = []

    /// Longer front matter is not read; default 16 KiB.
    private static let mostBytes = 16 << 10

    /// - Parameter knowsPlain: whether plain lines are read without Yams, which reads the same from them.
    init(_ block: FrontMatterBlock, file: String, knowsPlain: Bool = true) {
        self.file = file
        if block.isUnclosed {
            report(.error, line: 1, column: 1, "the front matter has no end", remedy: "add a line `---` below its last key")
            return
        }
        guard !block.lines.isEmpty else { return }
        guard block.lines.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.mostBytes else {
            report(.error, line: 1, column: 1, "the front matter is longer than \(Self.mostBytes) bytes", remedy: "move text below the second `---`")
            return
        }
        if knowsPlain, let plain = PlainFrontMatter(block.lines) {
            for (offset, entry) in plain.entries.enumerated() {
                let line = offset + 2
                frontMatter.places[entry.key] = FrontMatter.Place(line: line, column: entry.column)
                take(entry.key, entry.value, keyPlace: FrontMatter.Place(line: line, column: 1))
            }
            return
        }
        let lines = block.lines.enumerated().map { offset, line in plainYAML(line, number: offset + 2) }
        do {
            try read(lines.joined(separator: "\n"), firstLine: 2)
        } catch {
            report(error)
            for (offset, line) in lines.enumerated() where line.first?.isLetter == true {
                // Already reported as a whole; a line that cannot be read alone is left out.
                try? read(line, firstLine: offset + 2)
            }
        }
    }

    // MARK: Obsidian

    /// Rewrites `key: [[A]], [[B]]` and `- [[A]]` to lists of quoted strings.
    private mutating func plainYAML(_ line: Substring, number: Int) -> String {
        // Most lines have no two brackets side by side, and need not be looked at character by character.
        guard Self.hasBracketsSideBySide(line) else { return String(line) }
        let isItem = line.trimmed.hasPrefix("- ")
        guard let start = isItem ? line.firstIndex(of: "-") : line.firstIndex(of: ":") else { return String(line) }
        let value = line[line.index(after: start)...].trimmed
        guard value.hasPrefix("[[") else { return String(line) }
        var links: [String] = []
        var rest = value[...]
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            guard rest[..<open.lowerBound].allSatisfy({ $0 == "," || $0.isWhitespace }) else { return String(line) }
            links.append(rest[open.upperBound..<close.lowerBound].trimmed)
            rest = rest[close.upperBound...]
        }
        guard rest.allSatisfy({ $0 == "," || $0.isWhitespace }), !links.isEmpty else { return String(line) }
        let quoted = links.map { "\"[[\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))]]\"" }
        let head = line[...start]
        let corrected = isItem ? "\(head) \(quoted.joined(separator: ", "))" : "\(head) [\(quoted.joined(separator: ", "))]"
        report(
            .warning, line: number, column: line.distance(from: line.startIndex, to: line.firstRange(of: "[[")?.lowerBound ?? line.startIndex) + 1,
            "unquoted `[[…]]` is Obsidian's way, not YAML", remedy: "write `\(corrected.trimmed)`")
        return isItem && links.count > 1 ? "\(head) [\(quoted.joined(separator: ", "))]" : corrected
    }

    private static func hasBracketsSideBySide(_ line: Substring) -> Bool {
        let bytes = line.utf8.span
        var index = 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "["), bytes[index - 1] == UInt8(ascii: "[") { return true }
            index += 1
        }
        return false
    }

    // MARK: YAML

    private mutating func read(_ yaml: String, firstLine: Int) throws {
        // What a value is, its key says; telling by patterns what it looks like would take longer than reading it.
        guard let node = try Yams.compose(yaml: yaml, .basic, .default, .utf8) else { return }
        guard let mapping = node.mapping else {
            report(.error, line: firstLine, column: 1, "the front matter is not a list of `key: value` lines", remedy: "write one key a line")
            return
        }
        for (key, value) in mapping {
            let place = FrontMatter.Place(line: (key.mark?.line ?? 1) + firstLine - 1, column: key.mark?.column ?? 1)
            guard let name = key.string else { continue }
            frontMatter.places[name] = FrontMatter.Place(
                line: (value.mark?.line ?? key.mark?.line ?? 1) + firstLine - 1, column: value.mark?.column ?? place.column)
            take(name, FrontMatterValue(value), keyPlace: place)
        }
    }

    private mutating func take(_ key: String, _ value: FrontMatterValue, keyPlace: FrontMatter.Place) {
        switch key {
        case "title": frontMatter.title = text(value, key)
        case "description": frontMatter.description = text(value, key)
        case "tags", "tag": frontMatter.tags = list(value, key, separators: ", ").map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }
        case "created", "date": frontMatter.created = date(value, key)
        case "updated", "modified": frontMatter.updated = date(value, key)
        case "related": frontMatter.related = list(value, key, separators: ",").map(Self.withoutBrackets)
        // Of two lines that disagree, the one that keeps the page back.
        case "draft": frontMatter.isDraft = flag(value, key) ?? true || frontMatter.isDraft
        case "publish": frontMatter.publish = date(value, key) ?? (value.isEmpty ? nil : .distantFuture)
        case "expire": frontMatter.expire = date(value, key)
        case "aliases", "alias": frontMatter.aliases = list(value, key, separators: ",")
        case "order": frontMatter.order = number(value, key)
        case "template": frontMatter.template = text(value, key)
        case "noindex": frontMatter.isHiddenFromSearch = flag(value, key) ?? true
        default:
            let known = Self.keys.min { Self.distance($0, key) < Self.distance($1, key) } ?? ""
            let remedy = Self.distance(known, key) <= 2 ? "did you mean `\(known)`?" : "known keys are \(Self.keys.joined(separator: ", "))"
            report(.warning, line: keyPlace.line, column: keyPlace.column, "unknown key `\(key)`", remedy: remedy)
        }
    }

    static let keys = [
        "title", "description", "tags", "created", "updated", "related", "draft", "publish", "expire", "aliases", "order", "template", "noindex",
    ]

    // MARK: Values

    private mutating func text(_ value: FrontMatterValue, _ key: String) -> String? {
        if value.isEmpty { return nil }
        if let text = value.text { return text.trimmed }
        wrong(key, "is a list or a map, not text", remedy: "put the text in quotes: `\(key): \"…\"`")
        return nil
    }

    private mutating func list(_ value: FrontMatterValue, _ key: String, separators: String) -> [String] {
        if value.isEmpty { return [] }
        if let text = value.text {
            // A title in brackets may hold a comma.
            if text.contains("[[") { return [text] }
            return text.split { separators.contains($0) }.map(\.trimmed).filter { !$0.isEmpty }
        }
        guard case .list(let items) = value else {
            wrong(key, "is a map, not a list", remedy: "write `\(key): [one, two]`")
            return []
        }
        return items.compactMap { item in
            switch item {
            case .text(let text, _): text.trimmed
            // `[[A]]` inside a YAML list is a list in a list.
            case .list(let inner): inner.first?.text?.trimmed
            case .map: nil
            }
        }.filter { !$0.isEmpty }
    }

    private mutating func flag(_ value: FrontMatterValue, _ key: String) -> Bool? {
        switch value.text?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off", "": return false
        default:
            wrong(key, "is neither true nor false", remedy: "write `\(key): true` or `\(key): false`; it counts as true until then")
            return nil
        }
    }

    private mutating func number(_ value: FrontMatterValue, _ key: String) -> Int? {
        if value.isEmpty { return nil }
        if let number = value.text.flatMap({ Int($0) }) { return number }
        wrong(key, "is not a whole number", remedy: "write `\(key): 10`")
        return nil
    }

    private mutating func date(_ value: FrontMatterValue, _ key: String) -> Date? {
        if value.isEmpty { return nil }
        if let date = value.text.flatMap({ Timestamp.date(from: $0) }) { return date }
        wrong(key, "is not a date", remedy: "write `\(key): 2026-02-28` or `\(key): 2026-02-28T09:30:00Z`")
        return nil
    }

    static func withoutBrackets(_ text: String) -> String {
        var text = text[...]
        if text.hasPrefix("[["), text.hasSuffix("]]") { text = text.dropFirst(2).dropLast(2) }
        return text.trimmed
    }

    // MARK: Messages

    private mutating func wrong(_ key: String, _ what: String, remedy: String) {
        let place = frontMatter.place(of: key)
        report(.error, line: place.line, column: place.column, "`\(key)` \(what)", remedy: remedy)
    }

    private mutating func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            report(
                .error, line: mark.line + 1, column: mark.column, "the front matter is not YAML: \(problem)",
                remedy: "put values that hold `: `, `#` or brackets in quotes")
        case .duplicatedKeysInMapping(let duplicates, let context):
            report(
                .error, line: context.mark.line + 1, column: context.mark.column,
                "`\(duplicates.joined(separator: "`, `"))` stands twice in the front matter", remedy: "keep one")
        default:
            report(.error, line: 2, column: 1, "the front matter cannot be read: \(error)", remedy: "write one `key: value` a line")
        }
    }

    private mutating func report(_ severity: Diagnostic.Severity, line: Int, column: Int, _ message: String, remedy: String) {
        diagnostics.append(Diagnostic(severity, file: file, line: line, column: column, message, remedy: remedy))
    }

    /// Levenshtein's distance, for words of a line's length at most.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8.prefix(40)), Array(b.utf8.prefix(40)))
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count]
    }
}
