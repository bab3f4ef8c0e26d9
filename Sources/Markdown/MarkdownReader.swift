/// Finds what notes say of themselves, one after the other: the memory that one took serves the next, which is quicker
/// than memory that nobody has touched. For one thread at a time.
public final class MarkdownReader {
    private var tree = MarkdownTree(nodes: [])

    public init() {}

    /// As ``MarkdownDocument/facts()`` of the parsed text.
    public func facts(of text: Substring, limits: MarkdownLimits = MarkdownLimits()) throws(MarkdownLimits.Excess) -> NoteFacts {
        let document = try MarkdownDocument(parsing: text, limits: limits, reusing: &tree)
        defer { tree = document.tree }
        return document.facts()
    }
}
