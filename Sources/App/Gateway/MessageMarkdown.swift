import Markdown
import Site

/// What agents and people write to each other, as HTML that is safe whatever it holds.
enum MessageMarkdown {
    /// - Returns: the text itself, escaped, where it would cost more than any honest message does.
    @Sendable static func html(_ text: String) -> String {
        var limits = MarkdownLimits()
        limits.bytes = 100_000
        limits.nesting = 40
        limits.tableCells = 5_000
        limits.referenceBytes = 1 << 20
        // A note's first heading is its title and stands elsewhere; a message has none.
        guard let document = try? MarkdownDocument(parsing: "# Message\n\n\(text)", limits: limits) else {
            // Too much of something: shown as it was written.
            return "<pre>\(escaped(text))</pre>"
        }
        return document.body(links: Elsewhere()).html
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// Messages link to other sites; nothing of theirs is loaded.
    private struct Elsewhere: LinkResolver {
        func resolve(_ target: LinkTarget) -> ResolvedLink {
            guard case .destination(let destination) = target else { return .dead }
            let text = destination.lowercased()
            return ["https://", "http://", "mailto:"].contains(where: text.hasPrefix) ? .external(destination) : .dead
        }

        func resolveImage(_ destination: String) -> ResolvedImage {
            let text = destination.lowercased()
            return ["https://", "http://"].contains(where: text.hasPrefix) ? .remote(destination) : .dead
        }
    }
}
