import Site
import Testing

@testable import Content

@Suite struct KeptBodiesTests {
    private static func digest(_ number: Int) -> Digest { DigestFunction.sha256(DigestInput("body \(number)")) }

    private static func body(_ number: Int, length: Int = 1_000) -> PageBody {
        // What packs badly.
        var state = UInt64(number + 1)
        let html = String(
            decoding: (0..<length).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(0x21 + (state >> 33) % 94)
            }, as: UTF8.self)
        return PageBody(
            html: html, headings: [PageBody.HeadingMark(heading: Heading(level: 2, id: "a", title: "A"), range: 2..<9)], textEnd: html.utf8.count)
    }

    @Test func `a body is made once, and is the same ever after`() {
        let kept = KeptBodies()
        var made = 0
        for _ in 0..<3 {
            #expect(
                kept.body(for: Self.digest(1)) {
                    made += 1
                    return Self.body(1)
                } == Self.body(1))
        }
        #expect(made == 1)
        #expect(kept.body(for: Self.digest(2)) { Self.body(2) } == Self.body(2))
    }

    @Test func `the memory has an end, and what was not asked for longest goes first`() {
        let kept = KeptBodies(capacity: 20_000)
        var made: [Int] = []
        func ask(_ number: Int) {
            _ = kept.body(for: Self.digest(number)) {
                made.append(number)
                return Self.body(number)
            }
        }
        for number in 0..<100 {
            ask(number)
            ask(0)
        }
        #expect(made == Array(0..<100))
        made = []
        ask(99)
        ask(0)
        #expect(made.isEmpty)
        ask(1)
        #expect(made == [1])
    }

    @Test func `one that is larger than its share is not kept`() {
        let kept = KeptBodies(capacity: 20_000)
        var made = 0
        for _ in 0..<2 {
            _ = kept.body(for: Self.digest(1)) {
                made += 1
                return Self.body(1, length: 9_000)
            }
        }
        #expect(made == 2)
    }
}
