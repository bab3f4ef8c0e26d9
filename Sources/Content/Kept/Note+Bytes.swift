import ContentCoding
import Markdown
import Site

extension Note {
    /// A note as it was read before, from the same bytes by the same program, or else read now, with what it is to be
    /// kept for.
    static func read(file: String, bytes: [UInt8], displayName: String, _ results: (any KeptResults)?) -> (note: Note, key: Digest?) {
        guard let results else { return (Note(file: file, bytes: bytes, displayName: displayName), nil) }
        var input = DigestInput("note")
        input.add(file)
        input.add(displayName)
        input.add(DigestFunction.sha256(bytes))
        let key = DigestFunction.sha256(input)
        if let kept = results.bytes(for: key) {
            // Bytes that are no note were not kept by this program: it is read again.
            if let note = try? Note(file: file, displayName: displayName, kept: kept) { return (note, nil) }
        }
        return (Note(file: file, bytes: bytes, displayName: displayName), key)
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

    private init(file: String, displayName: String, kept: [UInt8]) throws(ByteReader.Malformed) {
        var reader = ByteReader(kept)
        self.file = file
        path = PagePath(file: file)
        frontMatter = try FrontMatter(from: &reader)
        facts = try reader.optional { reader throws(ByteReader.Malformed) in try NoteFacts(from: &reader) }
        tags = try reader.texts().compactMap { Tag($0) }
        guard let packed = PackedText(bytes: try reader.array(), length: try reader.optionalInt()), let digest = Digest(try reader.array()) else {
            throw ByteReader.Malformed()
        }
        (text, self.digest) = (NoteText(packed: packed), digest)
        textLine = try reader.int()
        diagnostics = try reader.list { reader throws(ByteReader.Malformed) in
            let severity: Diagnostic.Severity = try reader.flag() ? .error : .warning
            let (line, column) = (try reader.int(), try reader.int())
            return Diagnostic(severity, file: displayName, line: line, column: column, try reader.text(), remedy: try reader.text())
        }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
    }
}
