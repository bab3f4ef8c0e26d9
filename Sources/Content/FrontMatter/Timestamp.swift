import FoundationEssentials

/// A moment as authors write it: a day, or RFC 3339; without an offset it is UTC.
enum Timestamp {
    /// `nil` for anything that is no moment of the calendar (30 February).
    static func date(from text: String) -> Date? {
        // As most write it; characters cost much more than bytes.
        if let day = plainDay(text.utf8.span) { return Date(timeIntervalSince1970: Double(day) * 86_400) }
        let text = text.trimmed
        let fields = text.split(maxSplits: 1) { $0 == "T" || $0 == "t" || $0 == " " }
        guard let day = fields.first.flatMap(days) else { return nil }
        guard fields.count == 2 else { return Date(timeIntervalSince1970: Double(day) * 86_400) }
        guard let seconds = secondsOfDay(fields[1]) else { return nil }
        return Date(timeIntervalSince1970: Double(day) * 86_400 + seconds)
    }

    /// `2026-02-28` and nothing else.
    private static func plainDay(_ text: Span<UInt8>) -> Int? {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
        func number(_ places: Range<Int>) -> Int? {
            var number = 0
            for place in places {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place]) else { return nil }
                number = number * 10 + Int(text[place] - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
        return days(year: year, month: month, day: day)
    }

    private static func days(_ text: Substring) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2])
        else { return nil }
        return days(year: year, month: month, day: day)
    }

    /// Days since 1970-01-01 of a civil date (Hinnant, "chrono-compatible low-level date algorithms").
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `09:30`, `09:30:00`, `09:30:00.5`, each with `Z` or an offset such as `+02:00`.
    private static func secondsOfDay(_ text: Substring) -> Double? {
        var time = text.trimmed[...]
        var offset = 0
        if let last = time.last, last == "Z" || last == "z" {
            time = time.dropLast()
        } else if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let digits = time[time.index(after: sign)...].filter { $0 != ":" }
            guard digits.count == 4 || digits.count == 2, let hours = number(digits.prefix(2)) else { return nil }
            let minutes = digits.count == 4 ? number(digits.suffix(2)) : 0
            guard let minutes, hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * 60 * (time[sign] == "-" ? -1 : 1)
            time = time[..<sign]
        }
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hour = number(parts[0]), let minute = number(parts[1]), hour < 24, minute < 60 else {
            return nil
        }
        guard let second = parts.count == 3 ? Double(parts[2]) : 0, second >= 0, second < 61 else { return nil }
        return Double(hour * 3_600 + minute * 60 - offset) + second
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        text.isEmpty || !text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) ? nil : Int(text)
    }
}
