/// Fills a template, once.
struct TemplateRenderer {
    private let templates: [String: Template]
    private var output = ""
    /// What names are looked up in, the innermost last.
    private var stack: [Frame]
    /// Blocks that templates further out have put in the place of this one's own, the outermost first.
    private var replacements: [[String: [Template.Part]]] = []
    private var indentation = ""
    private var isJSON = false
    private var depth = 0
    /// Templates inside each other; one that includes itself for ever ends here.
    private static let deepest = 50
    /// Root values that are only made if a template asks for them.
    var onDemand: (name: String, make: () -> TemplateValue?)?
    /// What a partial says wherever it is included directly, and for whom it says it.
    var prepared: (partial: String, fragment: PreparedFragment, mark: String)?
    /// What is learnt of a fragment while it is made; `nil` for whole documents.
    private var learnt: PreparedFragment?

    private struct Frame {
        var context: TemplateContext?
        /// What is no context, for `.`.
        var value: TemplateValue?
    }

    init(_ templates: [String: Template], _ context: TemplateContext) {
        self.templates = templates
        stack = [Frame(context: context)]
        output.reserveCapacity(32 << 10)
    }

    mutating func render(_ template: Template) -> String {
        write(template.parts)
        return output
    }

    /// A partial as it stands in every document that differs in nothing but marks; `nil` where it would differ in more.
    mutating func fragment(_ template: Template) -> PreparedFragment? {
        learnt = PreparedFragment()
        write(template.parts)
        guard var fragment = learnt, fragment.isSame else { return nil }
        fragment.text = output
        return fragment
    }

    private mutating func write(_ parts: [Template.Part]) {
        let wasJSON = isJSON
        defer { isJSON = wasJSON }
        guard indentation.isEmpty else { return writeIndented(parts) }
        for part in parts { write(part) }
    }

    private mutating func writeIndented(_ parts: [Template.Part]) {
        let start = output.utf8.count
        for part in parts {
            guard case .text(let text) = part else {
                indented(from: start) { $0.write(part) }
                continue
            }
            var rest = text[...]
            while !rest.isEmpty {
                let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")).map { rest.utf8.index(after: $0) } ?? rest.endIndex
                indented(from: start) { $0.output += rest[..<end] }
                rest = rest[end...]
            }
        }
    }

    /// Moves in what `write` writes, if it begins a line; the first line is moved in where the template stands.
    private mutating func indented(from start: Int, _ write: (inout Self) -> Void) {
        let place = output.utf8.count
        write(&self)
        guard output.utf8.count > place, place > start else { return }
        let index = output.utf8.index(output.utf8.startIndex, offsetBy: place)
        if output.utf8[output.utf8.index(before: index)] == UInt8(ascii: "\n") { output.insert(contentsOf: indentation, at: index) }
    }

    private mutating func write(_ part: Template.Part) {
        switch part {
        case .text(let text): output += text
        case .value(let name, let isEscaped):
            guard let value = value(of: name) else { return }
            switch value {
            case .text(let text): if isEscaped { escape(text) } else { output += text }
            case .number(let number): output += String(number)
            case .flag(let flag): output += flag ? "true" : "false"
            case .mark: learnt?.isSame = false
            case .context, .list: break
            }
        case .section(let name, let parts): if let value = value(of: name) { section(value, parts) }
        case .inverted(let name, let parts):
            let value = value(of: name)
            if case .mark = value { learnt?.isSame = false }
            if isNothing(value) { write(parts) }
        case .partial(let name, let moved, let own):
            if let prepared, prepared.partial == name, moved.isEmpty, indentation.isEmpty, stack.count == 1,
                prepared.fragment.names.allSatisfy({ stack[0].context?.value(of: $0) == nil })
            {
                return prepared.fragment.write(for: prepared.mark, to: &output)
            }
            guard let template = templates[name], depth < Self.deepest else { return }
            depth += 1
            defer { depth -= 1 }
            let (wasJSON, before) = (isJSON, indentation)
            isJSON = false
            indentation += moved
            if !own.isEmpty { replacements.append(own) }
            write(template.parts)
            if !own.isEmpty { replacements.removeLast() }
            (isJSON, indentation) = (wasJSON, before)
        case .block(let name, let moved, let parts):
            // Whoever includes the fragment may put something else here.
            learnt?.isSame = false
            let before = indentation
            indentation += moved
            write(replacements.lazy.compactMap { $0[name] }.first ?? parts)
            indentation = before
        case .json: isJSON = true
        }
    }

    private mutating func section(_ value: TemplateValue, _ parts: [Template.Part]) {
        switch value {
        case .flag(let flag): if flag { write(parts) }
        case .context(let context): write(parts, in: Frame(context: context))
        case .list(let list): for item in list { write(parts, in: frame(of: item)) }
        case .text, .number: write(parts, in: Frame(value: value))
        case .mark(let mark):
            let start = output.utf8.count
            write(parts)
            let index = output.utf8.index(output.utf8.startIndex, offsetBy: start)
            learnt?.marks[mark.name, default: []].append((start, String(output[index...])))
            output.removeSubrange(index...)
        }
    }

    private func frame(of item: TemplateValue) -> Frame {
        if case .context(let context) = item { Frame(context: context) } else { Frame(value: item) }
    }

    private mutating func write(_ parts: [Template.Part], in frame: Frame) {
        stack.append(frame)
        write(parts)
        stack.removeLast()
    }

    private func isNothing(_ value: TemplateValue?) -> Bool {
        switch value {
        case nil: true
        case .flag(let flag): !flag
        case .list(let list): list.isEmpty
        default: false
        }
    }

    // MARK: Names

    /// Looked for from the innermost context outwards; what is behind a dot is looked for only where the name before it was found.
    private mutating func value(of name: Template.Name) -> TemplateValue? {
        if name.isCurrent { return stack.last.flatMap { $0.value ?? $0.context.map { .context($0) } } }
        var value: TemplateValue?
        for index in stack.indices.reversed() {
            value = stack[index].context?.value(of: name.first)
            if index == 0, value == nil {
                if let onDemand, onDemand.name == name.first { value = onDemand.make() } else { learnt?.names.insert(name.first) }
            }
            if value != nil || name.isOwn { break }
        }
        for next in name.rest {
            guard case .context(let context) = value else { return nil }
            value = context.value(of: next)
        }
        guard let pick = name.pick else { return value }
        guard case .list(let list) = value else { return nil }
        return pick == .first ? list.first : list.last
    }

    // MARK: Escaping

    private mutating func escape(_ text: String) {
        let bytes = text.utf8.span
        var index = 0
        while index < bytes.count, !Self.isSpecial(bytes[index], isJSON) { index += 1 }
        if index == bytes.count { return output += text }
        output += isJSON ? JSONText.escape(text) : Self.escapedHTML(text)
    }

    private static func isSpecial(_ byte: UInt8, _ isJSON: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""): true
        case UInt8(ascii: "'"): !isJSON
        // Among them are line separators of JavaScript.
        default: isJSON && (byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\\"))
        }
    }

    private static func escapedHTML(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
