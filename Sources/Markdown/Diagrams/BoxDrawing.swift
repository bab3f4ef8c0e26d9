/// A drawing made of Unicode's box characters, as SVG.
///
/// Fonts on phones give those characters other widths than letters, and a
/// drawing falls apart. Here every line is a line, and every text is set to the
/// width of its cells, so the drawing holds in any font.
struct BoxDrawing {
    private let rows: Int
    private let columns: Int
    /// Row by row, with a frame of blanks around them.
    private let cells: [BoxCharacter]
    /// Arms of each cell; an arrow has those that its neighbours reach out to it.
    private var cellArms: [BoxCharacter.Arms]
    /// Characters of more than one scalar, by their cells.
    private var clusters: [Int: Character] = [:]

    private static let cellWidth = 84  // tenths of a pixel
    private static let cellHeight = 180
    private static let mostRows = 200
    private static let mostColumns = 200

    /// `nil` where the text is no drawing: it has no closed box, or is too large.
    init?(_ text: String) {
        guard text.utf8.count < 64_000, Self.mayHoldBox(text), let lines = Lines(text), lines.ends.count <= Self.mostRows,
            lines.columns <= Self.mostColumns
        else {
            return nil
        }
        rows = lines.ends.count
        columns = lines.columns
        let width = columns + 2
        var cells = Array(repeating: BoxCharacter.blank, count: (rows + 2) * width)
        var start = 0
        for (row, end) in lines.ends.enumerated() {
            let place = (row + 1) * width + 1
            cells.replaceSubrange(place..<place + end - start, with: lines.characters[start..<end])
            for column in 0..<end - start where !lines.clusters.isEmpty { clusters[place + column] = lines.clusters[start + column] }
            start = end
        }
        cellArms = cells.map { $0.arms ?? [] }
        for index in cells.indices where cells[index].arrow != nil {
            var arms: BoxCharacter.Arms = []
            func reaches(_ neighbour: Int, _ arm: BoxCharacter.Arms) -> Bool { cells[neighbour].arms?.contains(arm) == true }
            if reaches(index - width, .down) { arms.insert(.up) }
            if reaches(index + width, .up) { arms.insert(.down) }
            if reaches(index - 1, .right) { arms.insert(.left) }
            if reaches(index + 1, .left) { arms.insert(.right) }
            cellArms[index] = arms
        }
        self.cells = cells
    }

    /// Most code holds no corner of a box, and need not be read character by character.
    private static func mayHoldBox(_ text: String) -> Bool {
        let bytes = text.utf8.span
        var offset = 0
        while true {
            // The first byte of all box characters in UTF-8.
            offset = bytes.firstOffset(of: 0xE2, from: offset)
            guard offset + 2 < bytes.count else { return false }
            switch (bytes[offset + 1], bytes[offset + 2]) {
            case (0x94, 0x8C), (0x94, 0x8F), (0x95, 0x94), (0x95, 0xAD): return true
            default: offset += 3
            }
        }
    }

    /// The characters of a text, line by line, without blank lines at the end.
    private struct Lines {
        var characters: [BoxCharacter] = []
        /// Where each line ends.
        var ends: [Int] = []
        /// Characters of more than one scalar, by their places.
        var clusters: [Int: Character] = [:]

        /// `nil` where no box can begin or end.
        init?(_ text: String) {
            characters.reserveCapacity(text.utf8.count)
            var isSimple = true
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\n": ends.append(characters.count)
                case "\t": characters += repeatElement(.blank, count: 4)
                default:
                    guard BoxCharacter.isAlone(scalar) else {
                        isSimple = false
                        break
                    }
                    characters.append(BoxCharacter(scalar))
                }
                if !isSimple { break }
            }
            if !isSimple { readCharacters(of: text) } else { ends.append(characters.count) }
            while let end = ends.last, characters[(ends.dropLast().last ?? 0)..<end].allSatisfy(\.isBlank) { ends.removeLast() }
            guard !ends.isEmpty, characters.contains(where: \.isUpperLeft), characters.contains(where: \.isLowerRight) else { return nil }
        }

        private mutating func readCharacters(of text: String) {
            (characters, ends) = ([], [])
            for character in text {
                if character.isNewline {
                    ends.append(characters.count)
                } else if character == "\t" {
                    characters += repeatElement(.blank, count: 4)
                } else {
                    let scalars = character.unicodeScalars
                    if scalars.count > 1 { clusters[characters.count] = character }
                    characters.append(BoxCharacter(scalars.first ?? " "))
                }
            }
            ends.append(characters.count)
        }

        var columns: Int { zip(ends, [0] + ends).map { $0 - $1 }.max() ?? 0 }
    }

    /// - Parameter number: which of its page's drawings it is.
    func write(to html: inout HTMLBuffer, number: Int) {
        let width = columns * Self.cellWidth / 10 + 2
        let height = rows * Self.cellHeight / 10 + 2
        let runs = textRuns
        html.markup("<figure class=\"diagram\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram ")
        html.number(number)
        html.markup("\"><svg viewBox=\"-1 -1 ")
        html.number(width)
        html.markup(" ")
        html.number(height)
        html.markup("\" width=\"")
        html.number(width)
        html.markup("\" height=\"")
        html.number(height)
        html.markup("\" role=\"img\" aria-label=\"")
        html.text(Self.spoken(runs))
        html.markup("\">\n")
        for box in boxes { write(box, to: &html) }
        writeLines(to: &html)
        writeArrows(to: &html)
        for run in runs { write(run, to: &html) }
        html.markup("</svg></figure>\n")
    }

    // MARK: Cells

    /// Rows and columns may be one outside of the drawing.
    private func index(_ row: Int, _ column: Int) -> Int { (row + 1) * (columns + 2) + column + 1 }

    private func character(_ row: Int, _ column: Int) -> BoxCharacter { cells[index(row, column)] }

    private func arms(_ row: Int, _ column: Int) -> BoxCharacter.Arms { cellArms[index(row, column)] }

    /// An arrow between words is text; one that meets a line is drawn.
    private func isDrawn(_ row: Int, _ column: Int) -> Bool {
        let here = character(row, column)
        if here.arms != nil { return true }
        guard here.arrow != nil else { return false }
        return here.isSolidArrow || !arms(row, column).isEmpty
    }

    // MARK: Boxes

    private struct Box {
        let top: Int
        let left: Int
        let bottom: Int
        let right: Int
        let isRounded: Bool
    }

    /// Closed rectangles, found from their upper left corners.
    private var boxes: [Box] {
        var boxes: [Box] = []
        for row in 0..<rows {
            for column in 0..<columns where character(row, column).isUpperLeft {
                if let box = box(row, column) { boxes.append(box) }
            }
        }
        return boxes
    }

    private func box(_ top: Int, _ left: Int) -> Box? {
        var right = left + 1
        while arms(top, right).isSuperset(of: [.left, .right]) { right += 1 }
        var bottom = top + 1
        while arms(bottom, left).isSuperset(of: [.up, .down]) { bottom += 1 }
        guard arms(top, right).isSuperset(of: [.left, .down]), arms(bottom, left).isSuperset(of: [.up, .right]) else { return nil }
        guard ((left + 1)..<right).allSatisfy({ arms(bottom, $0).isSuperset(of: [.left, .right]) }),
            ((top + 1)..<bottom).allSatisfy({ arms($0, right).isSuperset(of: [.up, .down]) }),
            arms(bottom, right).isSuperset(of: [.left, .up])
        else { return nil }
        return Box(top: top, left: left, bottom: bottom, right: right, isRounded: character(top, left).isRounded)
    }

    private func write(_ box: Box, to html: inout HTMLBuffer) {
        html.markup("<rect class=\"d-box\" x=\"")
        tenths(middleX(box.left), to: &html)
        html.markup("\" y=\"")
        tenths(middleY(box.top), to: &html)
        html.markup("\" width=\"")
        tenths((box.right - box.left) * Self.cellWidth, to: &html)
        html.markup("\" height=\"")
        tenths((box.bottom - box.top) * Self.cellHeight, to: &html)
        html.markup(box.isRounded ? "\" rx=\"6\"/>\n" : "\" rx=\"1\"/>\n")
    }

    // MARK: Lines

    /// One path for all lines, straight runs joined: a row is drawn from the
    /// first to the last cell that it passes through.
    private func writeLines(to html: inout HTMLBuffer) {
        html.markup("<path class=\"d-line\" d=\"")
        for row in 0..<rows {
            run(along: 0..<columns, before: .left, after: .right, arms: { roundedFree(row, $0) }) { from, to in
                move(halfX(from), middleY(row), to: &html)
                html.markup("H")
                tenths(halfX(to), to: &html)
            }
        }
        for column in 0..<columns {
            run(along: 0..<rows, before: .up, after: .down, arms: { roundedFree($0, column) }) { from, to in
                move(middleX(column), halfY(from), to: &html)
                html.markup("V")
                tenths(halfY(to), to: &html)
            }
        }
        for row in 0..<rows {
            for column in 0..<columns where character(row, column).isRounded { corner(row, column, to: &html) }
        }
        html.markup("\"/>\n")
    }

    /// Calls `draw` with the ends of each run of joined arms, in half cells.
    private func run(
        along cells: Range<Int>, before: BoxCharacter.Arms, after: BoxCharacter.Arms, arms: (Int) -> BoxCharacter.Arms, draw: (Int, Int) -> Void
    ) {
        var start: Int?
        for cell in cells {
            let here = arms(cell)
            if here.contains(before) {
                if start == nil { start = cell * 2 }
            } else if let from = start {
                if from < cell * 2 { draw(from, cell * 2) }
                start = nil
            }
            if here.contains(after) {
                if start == nil { start = cell * 2 + 1 }
            } else if let from = start {
                if from < cell * 2 + 1 { draw(from, cell * 2 + 1) }
                start = nil
            }
        }
        if let from = start { draw(from, cells.upperBound * 2) }
    }

    private func roundedFree(_ row: Int, _ column: Int) -> BoxCharacter.Arms {
        character(row, column).isRounded ? [] : arms(row, column)
    }

    /// A quarter of an ellipse from one edge of the cell to the other.
    private func corner(_ row: Int, _ column: Int, to html: inout HTMLBuffer) {
        let arms = arms(row, column)
        let y = arms.contains(.down) ? (row + 1) * Self.cellHeight : row * Self.cellHeight
        let x = arms.contains(.right) ? (column + 1) * Self.cellWidth : column * Self.cellWidth
        let knee = arms.contains(.down) ? middleY(row) + 60 : middleY(row) - 60
        move(middleX(column), y, to: &html)
        html.markup("V")
        tenths(knee, to: &html)
        html.markup("Q")
        tenths(middleX(column), to: &html)
        html.markup(" ")
        tenths(middleY(row), to: &html)
        html.markup(" ")
        tenths(x, to: &html)
        html.markup(" ")
        tenths(middleY(row), to: &html)
    }

    private func writeArrows(to html: inout HTMLBuffer) {
        for row in 0..<rows {
            for column in 0..<columns {
                guard let direction = character(row, column).arrow, isDrawn(row, column) else { continue }
                let (x, y) = (middleX(column), middleY(row))
                let points: [(Int, Int)] =
                    switch direction {
                    case .down: [(x - 45, y - 40), (x + 45, y - 40), (x, y + 50)]
                    case .up: [(x - 45, y + 40), (x + 45, y + 40), (x, y - 50)]
                    case .right: [(x - 42, y - 45), (x - 42, y + 45), (x + 42, y)]
                    default: [(x + 42, y - 45), (x + 42, y + 45), (x - 42, y)]
                    }
                html.markup("<path class=\"d-head\" d=\"")
                for (number, point) in points.enumerated() {
                    html.markup(number == 0 ? "M" : "L")
                    tenths(point.0, to: &html)
                    html.markup(" ")
                    tenths(point.1, to: &html)
                }
                html.markup("Z\"/>\n")
            }
        }
    }

    // MARK: Text

    private struct TextRun {
        let row: Int
        let column: Int
        let text: String
        let length: Int
    }

    /// Words with single blanks between them; two blanks or a line end a run.
    private var textRuns: [TextRun] {
        var runs: [TextRun] = []
        var text: [UInt8] = []
        let blank = UInt8(ascii: " ")
        for row in 0..<rows {
            var start = 0
            func flush() {
                if text.last == blank { text.removeLast() }
                guard !text.isEmpty else { return }
                let trimmed = String(decoding: text, as: UTF8.self).trimmed
                if !trimmed.isEmpty { runs.append(TextRun(row: row, column: start, text: trimmed, length: trimmed.count)) }
                text.removeAll(keepingCapacity: true)
            }
            for column in 0..<columns {
                let here = character(row, column)
                if isDrawn(row, column) || here.isBlank && (text.isEmpty || text.last == blank) {
                    flush()
                } else {
                    if text.isEmpty { start = column }
                    if let cluster = clusters.isEmpty ? nil : clusters[index(row, column)] {
                        text += cluster.utf8
                    } else if let scalar = UTF8.encode(here.scalar) {
                        text += scalar
                    }
                }
            }
            flush()
        }
        return runs
    }

    private func write(_ run: TextRun, to html: inout HTMLBuffer) {
        html.markup("<text class=\"d-text\" x=\"")
        tenths(run.column * Self.cellWidth, to: &html)
        html.markup("\" y=\"")
        tenths(run.row * Self.cellHeight + 135, to: &html)
        if run.length > 1 {
            html.markup("\" textLength=\"")
            tenths(run.length * Self.cellWidth, to: &html)
            html.markup("\" lengthAdjust=\"spacingAndGlyphs")
        }
        html.markup("\">")
        html.text(run.text)
        html.markup("</text>\n")
    }

    /// The words of the drawing from top to bottom, for those who hear it.
    private static func spoken(_ runs: [TextRun]) -> String {
        let words = runs.map(\.text).joined(separator: ", ")
        return words.isEmpty ? "Diagram" : "Diagram: \(words)"
    }

    // MARK: Numbers

    private func middleX(_ column: Int) -> Int { column * Self.cellWidth + Self.cellWidth / 2 }
    private func middleY(_ row: Int) -> Int { row * Self.cellHeight + Self.cellHeight / 2 }
    private func halfX(_ half: Int) -> Int { half * Self.cellWidth / 2 }
    private func halfY(_ half: Int) -> Int { half * Self.cellHeight / 2 }

    private func move(_ x: Int, _ y: Int, to html: inout HTMLBuffer) {
        html.markup("M")
        tenths(x, to: &html)
        html.markup(" ")
        tenths(y, to: &html)
    }

    private func tenths(_ value: Int, to html: inout HTMLBuffer) {
        if value < 0 { html.markup("-") }
        html.number(abs(value) / 10)
        if value % 10 != 0 {
            html.markup(".")
            html.number(abs(value) % 10)
        }
    }
}
