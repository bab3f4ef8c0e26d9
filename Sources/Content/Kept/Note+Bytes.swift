import ContentCoding
import Markdown
import Site

extension Note {
    /// A note as it was read before, from the same bytes by the same program, or else read now, with what it is to be
    /// kept for.
    static func read(
        file: String, bytes: [UInt8], displayName: String, _ markdown: MarkdownReader, _ results: (any KeptResults)?
    ) -> (note: Note, key: Digest?) {
        let source = NoteSource(bytes)
        guard let results else { return (Note(file: file, source, displayName: displayName, markdown), nil) }
        var input = DigestInput("note")
        input.add(file)
        input.add(displayName)
        input.add(String(source.head))
        input.add(source.digest)
        // What is repaired has the same text as what is written with the mark that stands in for it.
        if let place = source.invalid {
            input.add(place.line)
            input.add(place.column)
        }
        let key = DigestFunction.sha256(input)
        if let kept = results.bytes(for: key) {
            // Bytes that are no note were not kept by this program: it is read again.
            if let note = try? Note.kept(file: file, displayName: displayName, kept) { return (note, nil) }
        }
        return (Note(file: file, source, displayName: displayName, markdown), key)
    }

    /// What ``read(file:bytes:displayName:_:)`` knows again; packs the text.
    var keptBytes: [UInt8] {
        let packed = text.packed
        var writer = ByteWriter()
        frontMatter.write(to: &writer)
        writer.write(facts) { $1.write(to: &$0) }
        writer.write(tags) { $0.write($1.title) }
        writer.write(packed.bytes)
        writer.write(packed.length)
        writer.write(digest.bytes)
        writer.write(textLine)
        writer.write(diagnostics) { writer, diagnostic in
            writer.write(diagnostic.severity == .error)
            writer.write(diagnostic.line)
            writer.write(diagnostic.column)
            writer.write(diagnostic.message)
            writer.write(diagnostic.remedy)
        }
        return writer.bytes
    }

    private static func kept(file: String, displayName: String, _ bytes: [UInt8]) throws(ByteReader.Malformed) -> Note {
        var reader = ByteReader(bytes)
        let frontMatter = try FrontMatter(from: &reader)
        let facts = try reader.optional { reader throws(ByteReader.Malformed) in try NoteFacts(from: &reader) }
        let tags = try reader.texts().compactMap { Tag($0) }
        guard let packed = PackedText(bytes: try reader.array(), length: try reader.optionalInt()), let digest = Digest(try reader.array()) else {
            throw ByteReader.Malformed()
        }
        let textLine = try reader.int()
        let diagnostics = try reader.list { reader throws(ByteReader.Malformed) in
            let severity: Diagnostic.Severity = try reader.flag() ? .error : .warning
            let (line, column) = (try reader.int(), try reader.int())
            return Diagnostic(severity, file: displayName, line: line, column: column, try reader.text(), remedy: try reader.text())
        }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
        return Note(
            file: file, frontMatter: frontMatter, facts: facts, tags: tags, text: NoteText(packed: packed), digest: digest, textLine: textLine,
            diagnostics: diagnostics)
    }
}
