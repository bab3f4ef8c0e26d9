import CCMark
import CMarkParts

/// Memory of cmark-gfm's on one thread, given back all at once.
enum ParserHeap {
    /// What parsers are given; lives as long as the program.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<cmark_mem> = {
        let functions = UnsafeMutablePointer<cmark_mem>.allocate(capacity: 1)
        unsafe functions.initialize(to: cmark_mem(calloc: parser_heap_calloc, realloc: parser_heap_realloc, free: parser_heap_free))
        return unsafe functions
    }()

    /// Runs `body`, and frees whatever the parsers in it have not.
    static func using<Result>(_ body: () -> Result) -> Result {
        defer { parser_heap_clear() }
        return body()
    }
}
