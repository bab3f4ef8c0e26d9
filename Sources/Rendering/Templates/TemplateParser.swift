/// Parses Mustache (mustache(5)) as far as templates use it: values, sections, comments, partials and inheritance,
/// and `{{% CONTENT_TYPE:JSON}}`. Delimiters stay `{{` and `}}`.
///
/// A tag that stands alone on its line takes the line with it.
struct TemplateParser {
    /// What is wrong, and where; line and column count from 1.
    struct Failure: Error, Equatable {
        let message: String
        let remedy: String
        let line: Int
        let column: Int
    }

    private let bytes: [UInt8]
    private var position = 0

    /// Where a run of parts stands.
    private struct Surroundings {
        /// The section or template that has to be closed; `nil` at the top.
        var name: String?
        /// Nothing but blanks has been seen on this line.
        var isAtLineStart = true
        /// Inside `{{<layout}}`.
        var isReplacing = false
        /// Directly inside it, where only blocks may stand.
        var isReplacingDirectly = false
        /// How far the first line of a block is moved in, which its other lines are moved out.
        var blockIndentation: Int?
    }

    static func parse(_ text: String) throws(Failure) -> Template {
        var parser = TemplateParser(bytes: Array(text.utf8))
        return Template(parts: try parser.parts(Surroundings()))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func parts(_ given: Surroundings) throws(Failure) -> [Template.Part] {
        var surroundings = given
        var parts: [Template.Part] = []
        var blanks = ""
        while position < bytes.count {
            if surroundings.isAtLineStart { readBlanks(&surroundings, into: &blanks) }
            let (text, isTag) = readText()
            let newline = isTag ? "" : readNewline()
            if !newline.isEmpty {
                parts.append(text: blanks + text + newline)
                surroundings.isAtLineStart = true
                continue
            }
            if !text.isEmpty {
                parts.append(text: blanks + text)
                blanks = ""
                surroundings.isAtLineStart = false
            }
            guard isTag else { break }
            var isAlone = false
            /// Blanks before a tag that does not stand alone are text.
            func keepBlanks() {
                parts.append(text: blanks)
                blanks = ""
            }
            switch position < bytes.count ? bytes[position] : 0 {
            case UInt8(ascii: "#"), UInt8(ascii: "^"):
                let isInverted = bytes[position] == UInt8(ascii: "^")
                let start = position + 1
                let name = try tagName()
                let wanted = try self.name(name, at: start)
                isAlone = standsAlone(surroundings)
                if !isAlone { keepBlanks() }
                let inner = try self.parts(inside(name, surroundings, isAlone: isAlone))
                parts.append(isInverted ? .inverted(wanted, inner) : .section(wanted, inner))
            case UInt8(ascii: "/"):
                let start = position + 1
                let name = try tagName()
                guard name == surroundings.name else {
                    throw failure("a section is closed by another's name", "close the section that was opened last", at: start)
                }
                if !standsAlone(surroundings) { keepBlanks() }
                return parts
            case UInt8(ascii: "!"):
                try skipComment()
                isAlone = standsAlone(surroundings)
            case UInt8(ascii: "{"):
                keepBlanks()
                parts.append(.value(try valueName(closedBy: "}}}"), isEscaped: false))
            case UInt8(ascii: "&"):
                keepBlanks()
                parts.append(.value(try valueName(), isEscaped: false))
            case UInt8(ascii: ">"):
                let name = try tagName()
                parts.append(text: blanks)
                isAlone = standsAlone(surroundings)
                parts.append(.partial(name, indentation: isAlone ? blanks : "", replacing: [:]))
                blanks = ""
            case UInt8(ascii: "<"):
                let start = position + 1
                let name = try tagName()
                parts.append(text: blanks)
                isAlone = standsAlone(surroundings)
                var inside = surroundings
                (inside.name, inside.isAtLineStart, inside.isReplacing, inside.isReplacingDirectly) = (name, true, true, true)
                parts.append(.partial(name, indentation: blanks, replacing: try replacements(self.parts(inside), at: start)))
                blanks = ""
            case UInt8(ascii: "$"):
                let name = try tagName()
                let indentation = surroundings.isReplacingDirectly ? "" : blanks
                if !surroundings.isReplacingDirectly { keepBlanks() }
                isAlone = standsAlone(surroundings)
                let inner = try self.parts(inside(name, surroundings, isAlone: isAlone))
                parts.append(.block(name, indentation: indentation, inner))
            case UInt8(ascii: "%"):
                let start = position + 1
                let pragma = try tagName()
                guard pragma == "CONTENT_TYPE:JSON" else {
                    throw failure("there is no pragma `\(pragma)`", "write {{% CONTENT_TYPE:JSON}}, or leave it out", at: start)
                }
                parts.append(.json)
                isAlone = standsAlone(surroundings)
            default:
                keepBlanks()
                parts.append(.value(try valueName(hasSign: false), isEscaped: true))
            }
            surroundings.isAtLineStart = isAlone
        }
        guard surroundings.name == nil else { throw failure("a section is not closed", "add its {{/name}}", at: position) }
        return parts
    }

    private func inside(_ name: String, _ surroundings: Surroundings, isAlone: Bool) -> Surroundings {
        var inside = surroundings
        (inside.name, inside.isAtLineStart, inside.isReplacingDirectly) = (name, isAlone, false)
        return inside
    }

    /// The blocks directly inside `{{<layout}}`; text between them says nothing.
    private func replacements(_ parts: [Template.Part], at start: Int) throws(Failure) -> [String: [Template.Part]] {
        var blocks: [String: [Template.Part]] = [:]
        for part in parts {
            switch part {
            case .block(let name, _, let parts): blocks[name] = parts
            case .text: break
            default: throw failure("only {{$blocks}} may stand directly inside {{<layout}}", "move it into a block", at: start)
            }
        }
        return blocks
    }

    // MARK: Lines

    private mutating func readBlanks(_ surroundings: inout Surroundings, into blanks: inout String) {
        let start = position
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") { position += 1 }
        if surroundings.isReplacing, !surroundings.isReplacingDirectly {
            if let moved = surroundings.blockIndentation {
                blanks = string(min(start + moved, position)..<position)
            } else {
                surroundings.blockIndentation = position - start
            }
        } else {
            blanks = string(start..<position)
        }
    }

    /// Up to the next tag, which is entered, or up to the end of the line.
    private mutating func readText() -> (text: String, isTag: Bool) {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"): return (string(start..<position), false)
            case UInt8(ascii: "\r") where isByte(UInt8(ascii: "\n"), at: position + 1): return (string(start..<position), false)
            case UInt8(ascii: "{") where isByte(UInt8(ascii: "{"), at: position + 1):
                let text = string(start..<position)
                position += 2
                return (text, true)
            default: position += 1
            }
        }
        return (string(start..<position), false)
    }

    private mutating func readNewline() -> String {
        let start = position
        if isByte(UInt8(ascii: "\r"), at: position), isByte(UInt8(ascii: "\n"), at: position + 1) { position += 1 }
        if isByte(UInt8(ascii: "\n"), at: position) { position += 1 }
        return string(start..<position)
    }

    /// Whether the tag that ends here is all that is on its line; then the rest of the line is read.
    private mutating func standsAlone(_ surroundings: Surroundings) -> Bool {
        guard surroundings.isAtLineStart else { return false }
        guard position < bytes.count else { return true }
        let start = position
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") { position += 1 }
        if !readNewline().isEmpty { return true }
        position = start
        return false
    }

    // MARK: Tags

    /// What stands in the tag behind its sign, without blanks.
    private mutating func tagName(hasSign: Bool = true, closedBy end: String = "}}") throws(Failure) -> String {
        if hasSign { position += 1 }
        skipSpaces()
        let start = position
        while position < bytes.count, Self.isNamePart(bytes[position]) { position += 1 }
        let name = string(start..<position)
        skipSpaces()
        guard !name.isEmpty, bytes[position...].starts(with: end.utf8) else {
            throw failure("a tag has no end or a wrong name", "write {{name}} with letters, digits, `.`, `-` and `_`", at: position)
        }
        position += end.utf8.count
        return name
    }

    private mutating func valueName(hasSign: Bool = true, closedBy end: String = "}}") throws(Failure) -> Template.Name {
        let start = position
        return try name(tagName(hasSign: hasSign, closedBy: end), at: start)
    }

    private func name(_ spelling: String, at start: Int) throws(Failure) -> Template.Name {
        guard let name = Template.Name(spelling) else {
            throw failure("`\(spelling)` is no name", "write name, outer.inner, first(list) or last(list)", at: start)
        }
        return name
    }

    private mutating func skipSpaces() {
        while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position]) { position += 1 }
    }

    private mutating func skipComment() throws(Failure) {
        while position < bytes.count {
            if isByte(UInt8(ascii: "}"), at: position), isByte(UInt8(ascii: "}"), at: position + 1) {
                position += 2
                return
            }
            position += 1
        }
        throw failure("a comment has no end", "close it with `}}`", at: position)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    // MARK: Places

    private func isByte(_ byte: UInt8, at index: Int) -> Bool { index < bytes.count && bytes[index] == byte }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func failure(_ message: String, _ remedy: String, at place: Int) -> Failure {
        let before = bytes[..<min(place, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        return Failure(message: message, remedy: remedy, line: line, column: string(lineStart..<before.endIndex).count + 1)
    }
}
