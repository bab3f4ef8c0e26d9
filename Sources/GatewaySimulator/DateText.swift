/// Times as people and protocols write them, in UTC.
enum DateText {
    /// RFC 3339, with milliseconds.
    static func iso(_ milliseconds: Int) -> String {
        let parts = parts(milliseconds)
        return "\(four(parts.year))-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))."
            + String(String(milliseconds % 1_000 + 1_000).dropFirst()) + "Z"
    }

    /// As the field Date has it.
    static func http(_ milliseconds: Int) -> String {
        let parts = parts(milliseconds)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(weekdays[milliseconds / 86_400_000 % 7]), \(two(parts.day)) \(months[parts.month - 1]) \(four(parts.year)) "
            + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func four(_ number: Int) -> String { String(String(number + 10_000).dropFirst()) }

    /// Days are counted from 1 March of the year 0, so that leap days come last.
    private static func parts(_ milliseconds: Int) -> (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let seconds = milliseconds / 1_000
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1, seconds / 3_600 % 24, seconds / 60 % 60,
            seconds % 60
        )
    }
}
