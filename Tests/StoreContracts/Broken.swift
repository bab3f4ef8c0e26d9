/// What a store did other than it promised.
public struct Broken: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ holds: Bool, _ description: @autoclosure () -> String) throws {
    if !holds { throw Broken(description: description()) }
}

/// Compares bytes: `==` of texts takes two spellings of one letter for the same.
func expect(_ text: String?, isExactly other: String?, _ name: String) throws {
    try expect(text.map { Array($0.utf8) } == other.map { Array($0.utf8) }, "\(name) came back as \(text ?? "nothing")")
}

/// Does `body` `count` times at once, with the numbers from 1, and gives what came of it in no order.
func atOnce<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 1...count { group.addTask { try await body(number) } }
        var values: [Value] = []
        for try await value in group { values.append(value) }
        return values
    }
}

/// In pages of `size`, what `page` gives behind the last one so far.
///
/// - Parameter enough: more than there are; a store that never ends is stopped there.
func allPages<Value>(of size: Int, enough: Int, _ page: (Value?) async throws -> [Value]) async throws -> [Value] {
    var values: [Value] = []
    while values.count < enough {
        let next = try await page(values.last)
        try expect(next.count <= size, "a page of \(size) has \(next.count)")
        values += next
        if next.count < size { return values }
    }
    throw Broken(description: "the pages do not end")
}
