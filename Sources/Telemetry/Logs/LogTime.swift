/// A moment of the wall clock, in UTC.
public struct LogTime: Sendable, Equatable {
    /// Whole seconds since 1970, below zero before.
    public var seconds: Int
    /// What is over them, 0 to 999,999,999.
    public var nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// `2026-11-22T12:34:56.789Z`.
    var rfc3339: String {
        let (year, month, day) = civilDate
        let milliseconds = min(999, max(0, nanoseconds / 1_000_000))
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T\(timeOfDay).\(Self.padded(milliseconds, 3))Z"
    }

    /// `12:34:56`.
    var timeOfDay: String {
        let second = seconds - days * 86_400
        return "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
    }

    private var days: Int { seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400) }

    /// Counts in years that begin in March, so that the leap day is a year's last.
    private var civilDate: (year: Int, month: Int, day: Int) {
        let sinceEra = days + 719_468
        let era = (sinceEra >= 0 ? sinceEra : sinceEra - 146_096) / 146_097
        let dayOfEra = sinceEra - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return text.utf8.count < width ? String(repeating: "0", count: width - text.utf8.count) + text : text
    }
}
