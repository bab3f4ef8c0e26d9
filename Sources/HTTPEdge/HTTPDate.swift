import Synchronization

/// The time as HTTP writes it (RFC 9110, section 5.6.7), made once a second.
public final class HTTPDate: Sendable {
    private let seconds: @Sendable () -> Int
    private let last = Mutex<(second: Int, text: String)>((.min, ""))

    /// - Parameter seconds: since 1970, UTC.
    public init(seconds: @escaping @Sendable () -> Int) { self.seconds = seconds }

    /// Since 1970.
    var second: Int { seconds() }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    public func now() -> String {
        let second = second
        return last.withLock { last in
            if last.second != second { last = (second, Self.text(second)) }
            return last.text
        }
    }

    static func text(_ seconds: Int) -> String {
        let days = seconds / 86_400
        let time = seconds % 86_400
        // Civil date from days since 1970 (Hinnant, "chrono-compatible low-level date algorithms"), for days not before it.
        let shifted = days + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
        return
            "\(weekdays[days % 7]), \(padded(day)) \(months[month - 1]) \(year) \(padded(time / 3_600)):\(padded(time / 60 % 60)):\(padded(time % 60)) GMT"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    /// 1 January 1970 was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
