import FoundationEssentials

extension FrontMatter {
    func write(to writer: inout ByteWriter) {
        writer.write(title)
        writer.write(description)
        writer.write(tags)
        writer.write(created)
        writer.write(updated)
        writer.write(related)
        writer.write(isDraft)
        writer.write(publish)
        writer.write(expire)
        writer.write(aliases)
        writer.write(order)
        writer.write(template)
        writer.write(isHiddenFromSearch)
        // In one order, so that the same note is the same bytes.
        writer.write(places.sorted { $0.key < $1.key }) {
            $0.write($1.key)
            $0.write($1.value.line)
            $0.write($1.value.column)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        title = try reader.optionalText()
        description = try reader.optionalText()
        tags = try reader.texts()
        created = try reader.optionalDate()
        updated = try reader.optionalDate()
        related = try reader.texts()
        isDraft = try reader.flag()
        publish = try reader.optionalDate()
        expire = try reader.optionalDate()
        aliases = try reader.texts()
        order = try reader.optionalInt()
        template = try reader.optionalText()
        isHiddenFromSearch = try reader.flag()
        let list = try reader.list { reader throws(ByteReader.Malformed) in
            (try reader.text(), Place(line: try reader.int(), column: try reader.int()))
        }
        places = Dictionary(list) { _, last in last }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ date: Date?) { write(date) { $0.write($1.timeIntervalSinceReferenceDate) } }
}

extension ByteReader {
    fileprivate mutating func optionalDate() throws(Malformed) -> Date? {
        try optional { reader throws(Malformed) in Date(timeIntervalSinceReferenceDate: try reader.double()) }
    }
}
