/// A page's content as HTML.
public struct PageBody: Sendable, Equatable {
    /// Everything but the page's own H1.
    public let html: String
    /// H2s and H3s of the page's own level, in order.
    private let headings: [HeadingMark]
    /// Where the text ends and the footnotes begin.
    private let textEnd: Int

    /// Where a heading stands in the HTML, in UTF-8 offsets.
    public struct HeadingMark: Sendable, Equatable {
        public let heading: Heading
        public let range: Range<Int>

        public init(heading: Heading, range: Range<Int>) {
            self.heading = heading
            self.range = range
        }
    }

    /// One H2 or H3 with what follows it, without the heading itself.
    public struct Section: Sendable, Equatable {
        public let heading: Heading
        /// Up to the first heading one level below.
        public let html: String
        /// The headings one level below; empty inside an H3.
        public let items: [Section]
    }

    public init(html: String, headings: [HeadingMark], textEnd: Int) {
        self.html = html
        self.headings = headings
        self.textEnd = textEnd
    }

    /// The same with other HTML, in which the headings stand where they do in this.
    public func with(html: String) -> PageBody { PageBody(html: html, headings: headings, textEnd: textEnd) }

    public static let empty = PageBody(html: "", headings: [], textEnd: 0)

    /// What stands before the first H2.
    public var lead: String { slice(0..<(headings.first { $0.heading.level == 2 }?.range.lowerBound ?? textEnd)) }

    /// The text cut at its H2s, and those at their H3s.
    public var sections: [Section] { sections(level: 2, marks: headings[...], end: textEnd) }

    private func sections(level: Int, marks: ArraySlice<HeadingMark>, end: Int) -> [Section] {
        let starts = marks.indices.filter { marks[$0].heading.level == level }
        return starts.enumerated().map { position, start in
            let next = position + 1 < starts.count ? starts[position + 1] : marks.endIndex
            let sectionEnd = next < marks.endIndex ? marks[next].range.lowerBound : end
            let inner = marks[(start + 1)..<next]
            let firstItem = level == 2 ? inner.first { $0.heading.level == 3 } : nil
            return Section(
                heading: marks[start].heading,
                html: slice(marks[start].range.upperBound..<(firstItem?.range.lowerBound ?? sectionEnd)),
                items: firstItem == nil ? [] : sections(level: 3, marks: inner, end: sectionEnd))
        }
    }

    private func slice(_ range: Range<Int>) -> String {
        let utf8 = html.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return String(html[start..<utf8.index(start, offsetBy: range.count)])
    }
}

/// Makes page bodies on demand, so that a large site need not be held as HTML.
public protocol PageBodySource: Sendable {
    /// The body of `page`; a page without a note has an empty one.
    func body(of page: Page) -> PageBody

    /// The note's Markdown as its readers may have it: without front matter,
    /// with a title; `nil` for a page that no note made.
    func markdown(of page: Page) -> String?

    /// Over everything that ``body(of:)`` is made from: the text, and where its links and pictures lead.
    func digest(of page: Page) -> Digest

    /// Over the note's text alone; `nil` for a page that no note made.
    func sourceDigest(of page: Page) -> Digest?
}
