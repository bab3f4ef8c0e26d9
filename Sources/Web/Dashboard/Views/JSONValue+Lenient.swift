import FoundationEssentials
import JSON

/// Values of the gateway as they are shown. Their shape grows with every release: what is strange counts as missing.
extension JSONValue {
    /// A text with something in it, on one line, at most `limit` characters long; numbers as texts too.
    func words(_ limit: Int = 200) -> String? {
        let text: String? =
            switch self {
            case .string(let text): text
            case .integer(let number): String(number)
            default: nil
            }
        guard let text else { return nil }
        // Cut before anything walks through it: the other side decides how long it is.
        var line = ""
        for word in text.prefix(limit * 2).split(whereSeparator: { $0.isWhitespace || $0.isNewline }) { line += line.isEmpty ? word : " \(word)" }
        guard !line.isEmpty else { return nil }
        return line.count > limit ? "\(line.prefix(limit))…" : line
    }

    /// A text as it stands, cut behind `limit` characters.
    func passage(_ limit: Int) -> String? {
        guard let string else { return nil }
        return string.utf8.count > limit && string.count > limit ? "\(string.prefix(limit))…" : string
    }

    /// Milliseconds since 1970, or a text of RFC 3339; `nil` for times before 1970 and after 2100.
    var moment: Date? {
        let date: Date?
        if let milliseconds = double {
            date = milliseconds.isFinite ? Date(timeIntervalSince1970: milliseconds / 1_000) : nil
        } else if let text = string, text.utf8.count <= 40 {
            // Each `try?` asks whether it is written in this way.
            date =
                (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
                ?? (try? Date(text, strategy: .iso8601))
        } else {
            date = nil
        }
        guard let date, date.timeIntervalSince1970 > 0, date.timeIntervalSince1970 < 4_102_444_800 else { return nil }
        return date
    }
}
