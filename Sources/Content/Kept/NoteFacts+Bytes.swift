import Markdown
import Site

extension NoteFacts {
    func write(to writer: inout ByteWriter) {
        writer.write(title)
        writer.write(titleID)
        writer.write(headings) {
            $0.write($1.level)
            $0.write($1.id)
            $0.write($1.title)
        }
        writer.write(links) { writer, link in
            switch link.target {
            case .wiki(let parts):
                writer.write(true)
                writer.write(parts)
            case .destination(let destination):
                writer.write(false)
                writer.write(destination)
            }
            writer.write(link.isImage)
            writer.write(link.line)
            writer.write(link.column)
        }
        writer.write(hashtags)
        writer.write(excerpt)
        writer.write(wordCount)
        writer.write(rawHTMLLines) { $0.write($1) }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        self.init()
        title = try reader.optionalText()
        titleID = try reader.optionalText()
        headings = try reader.list { reader throws(ByteReader.Malformed) in
            Heading(level: try reader.int(), id: try reader.text(), title: try reader.text())
        }
        links = try reader.list { reader throws(ByteReader.Malformed) in
            let target: LinkTarget = try reader.flag() ? .wiki(parts: try reader.texts()) : .destination(try reader.text())
            return LinkOccurrence(target: target, isImage: try reader.flag(), line: try reader.int(), column: try reader.int())
        }
        hashtags = try reader.texts()
        excerpt = try reader.text()
        wordCount = try reader.int()
        rawHTMLLines = try reader.list { reader throws(ByteReader.Malformed) in try reader.int() }
    }
}
