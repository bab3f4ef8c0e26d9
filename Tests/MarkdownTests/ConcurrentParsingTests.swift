import Dispatch
import Markdown
import Site
import Synchronization
import Testing

@Suite struct ConcurrentParsingTests {
    private struct Nowhere: LinkResolver {
        func resolve(_ target: LinkTarget) -> ResolvedLink { if case .destination(let address) = target { .external(address) } else { .dead } }
        func resolveImage(_ destination: String) -> ResolvedImage { .dead }
    }

    /// cmark-gfm has one table of its extensions' characters for the whole program.
    @Test func `tildes and addresses are seen whatever is parsed at the same time`() throws {
        let texts = [
            "a ~~b~~ c", "- one ~two~ at http://a.example", "see www.example.org, or https://x.example/y", "plain *words* here",
            "| a |\n|---|\n| ~~b~~ |",
        ]
        @Sendable func html(_ text: String) throws -> String { try MarkdownDocument(parsing: text).body(links: Nowhere()).html }
        let alone = try texts.map(html)
        #expect(alone[0].contains("<del>b</del>"))
        #expect(alone[2].contains("href=\"http://www.example.org\"") && alone[2].contains("href=\"https://x.example/y\""))
        let different = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 20_000) { number in
            let index = number % texts.count
            if (try? html(texts[index])) != alone[index] { different.withLock { $0 += 1 } }
        }
        #expect(different.withLock { $0 } == 0)
    }
}
