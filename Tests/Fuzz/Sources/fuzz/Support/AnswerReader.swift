/// Reads what a server sent, strictly: every byte belongs to an answer.
struct AnswerReader {
    struct Answer {
        let status: Int
        /// Names in lower case.
        let fields: [(name: String, value: String)]
        let body: ArraySlice<UInt8>

        func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    }

    private(set) var answers: [Answer] = []
    private var rest: ArraySlice<UInt8>
    private let isHead: (Int) -> Bool

    /// - Parameters:
    ///   - isHead: whether the request behind the final answer of this number asked for the head only.
    ///   - isEnded: the server closed the connection; an answer may end with it.
    init(_ bytes: [UInt8], isEnded: Bool, isHead: @escaping (Int) -> Bool) {
        rest = bytes[...]
        self.isHead = isHead
        var final = 0
        while !rest.isEmpty {
            let answer = answer(number: final, isEnded: isEnded)
            answers.append(answer)
            if answer.status >= 200 { final += 1 }
        }
    }

    private mutating func answer(number: Int, isEnded: Bool) -> Answer {
        let start = Array(line().utf8)
        let isStart = start.starts(with: "HTTP/1.".utf8) && start.count > 13 && (start[7] == 0x30 || start[7] == 0x31) && start[8] == 0x20
        expect(isStart && start[12] == 0x20, "a status line: \(String(decoding: start, as: UTF8.self))")
        let status = Int(String(decoding: start[9..<12], as: UTF8.self)) ?? 0
        expect((100..<600).contains(status), "a status: \(String(decoding: start, as: UTF8.self))")
        var fields: [(name: String, value: String)] = []
        while true {
            let line = line()
            if line.isEmpty { break }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            expect(parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.allSatisfy(Self.isNameByte), "a header field: \(line)")
            fields.append((parts[0].lowercased(), String(parts[1].drop { $0 == " " })))
        }
        func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
        let lengths = values("content-length")
        let isChunked = values("transfer-encoding") == ["chunked"]
        expect(lengths.count <= 1 && !(isChunked && !lengths.isEmpty), "one way to tell the length: \(fields)")
        if status < 200 || status == 304 || isHead(number) { return Answer(status: status, fields: fields, body: []) }
        if isChunked { return Answer(status: status, fields: fields, body: chunks()) }
        if let length = lengths.first { return Answer(status: status, fields: fields, body: take(Int(length) ?? -1)) }
        expect(isEnded, "an answer without a length ends the connection: \(fields)")
        return Answer(status: status, fields: fields, body: take(rest.count))
    }

    private mutating func chunks() -> ArraySlice<UInt8> {
        var body: ArraySlice<UInt8> = []
        while true {
            let size = Int(line(), radix: 16) ?? -1
            body += take(size)
            expect(line().isEmpty, "a chunk ends with its line, and the last one with an empty line")
            if size == 0 { return body }
        }
    }

    private mutating func line() -> String {
        guard let end = rest.firstIndex(of: 0x0A), end > rest.startIndex, rest[end - 1] == 0x0D else {
            expect(false, "a line: \(String(decoding: rest.prefix(80), as: UTF8.self))")
            return ""
        }
        defer { rest = rest[(end + 1)...] }
        let line = rest[rest.startIndex..<(end - 1)]
        expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a line without control characters: \(String(decoding: line, as: UTF8.self))")
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        expect(count >= 0 && count <= rest.count, "\(count) bytes of a body, of \(rest.count)")
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
