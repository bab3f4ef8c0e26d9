import Yams

/// What stands behind a key of front matter; what it means, its key says.
enum FrontMatterValue: Equatable {
    /// A scalar as it is written, without quotes; YAML takes some for nothing.
    case text(String, isNull: Bool)
    case list([FrontMatterValue])
    case map

    init(_ node: Node) {
        switch node {
        case .scalar: self = Self.item(node)
        case .sequence(let sequence): self = .list(sequence.map(Self.item))
        case .mapping, .alias: self = .map
        }
    }

    /// An entry of a list: a text, or a list with what is first in it. No key asks for more, and aliases make lists that have
    /// no end.
    private static func item(_ node: Node) -> FrontMatterValue {
        switch node {
        case .scalar(let scalar): .text(scalar.string, isNull: node.null != nil)
        case .sequence(let sequence): .list(sequence.first?.scalar.map { [.text($0.string, isNull: false)] } ?? [])
        case .mapping, .alias: .map
        }
    }

    var text: String? {
        if case .text(let text, _) = self { text } else { nil }
    }

    var isEmpty: Bool {
        if case .text(let text, let isNull) = self { isNull || text.isEmpty } else { false }
    }
}
