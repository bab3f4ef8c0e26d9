import FoundationEssentials

/// Times as PostgreSQL keeps them: microseconds since 2000-01-01.
enum PostgresTime {
    /// What PostgreSQL cannot hold becomes the nearest that it can.
    static func microseconds(_ time: Date) -> Int64 {
        let milliseconds = time.timeIntervalSince1970 * 1000
        let whole = milliseconds.rounded()
        guard abs(whole) < limit else { return whole < 0 ? earliest : latest }
        // The domain's times are whole milliseconds that a binary fraction only comes near to.
        let rest = ((milliseconds - whole) * 1000).rounded()
        return max(earliest, Int64(whole) * 1000 + Int64(rest) - epoch)
    }

    static func date(_ microseconds: Int64) -> Date {
        let since1970 = Double(microseconds + epoch)
        // One rounding only, so that whole milliseconds come back as whoever writes them as a number gets them.
        return Date(timeIntervalSince1970: since1970 / 1_000_000)
    }

    /// 2000-01-01 in microseconds since 1970.
    private static let epoch: Int64 = 946_684_800_000_000
    /// About 200,000 years, in milliseconds.
    private static let limit = 6e15
    /// From 4700 BC to AD 290,000; `timestamptz` reaches a little farther.
    private static let earliest: Int64 = -210_000_000_000_000_000
    private static let latest: Int64 = 9_000_000_000_000_000_000
}
