/// A parsed template: text, and what stands between it.
struct Template: Sendable {
    let parts: [Part]

    indirect enum Part: Sendable {
        case text(String)
        case value(Name, isEscaped: Bool)
        case section(Name, [Part])
        /// What stands where the section of that name would show nothing.
        case inverted(Name, [Part])
        /// Another template, each of its lines moved in by `indentation`, some of its blocks replaced.
        case partial(String, indentation: String, replacing: [String: [Part]])
        /// What stands here unless whoever includes this template replaces it.
        case block(String, indentation: String, [Part])
        /// From here to the end of these parts, values stand in strings of JSON.
        case json
    }

    /// What a tag asks for: `page.title`, or `first(site.navigation)`; `.` is what the section around it is about.
    struct Name: Sendable, Equatable {
        /// Of a list.
        enum Pick: String { case first, last }

        let first: String
        let rest: [String]
        /// `.title` is looked for in the innermost context alone.
        let isOwn: Bool
        let pick: Pick?

        /// `nil` where the spelling asks for something that there is not.
        init?(_ spelling: String) {
            var path = spelling[...]
            if let open = path.firstIndex(of: "(") {
                guard let pick = Pick(rawValue: String(path[..<open])), path.last == ")" else { return nil }
                self.pick = pick
                path = path[path.index(after: open)...].dropLast()
            } else {
                pick = nil
            }
            guard !path.contains("("), !path.contains(")"), !path.contains("/"), !path.contains(":") else { return nil }
            let components = path.split(separator: ".").map(String.init)
            first = components.first ?? ""
            rest = Array(components.dropFirst())
            isOwn = path.hasPrefix(".")
        }

        var isCurrent: Bool { first.isEmpty }
    }
}

extension [Template.Part] {
    /// Adds text to the text that stands there.
    mutating func append(text: some StringProtocol) {
        guard !text.isEmpty else { return }
        if case .text(let before) = last { self[count - 1] = .text(before + text) } else { append(.text(String(text))) }
    }
}
