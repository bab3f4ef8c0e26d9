import Testing

@testable import Telemetry

@Suite struct LogTimeTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_400, 7_000_000, "2000-02-29T00:00:00.007Z"),
        (1_795_350_896, 789_999_999, "2026-11-22T12:34:56.789Z"),
        (4_107_542_399, 999_999_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"), (-1, 0, "1969-12-31T23:59:59.000Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00.000Z"), (253_402_300_799, 0, "9999-12-31T23:59:59.000Z"), (1, -5, "1970-01-01T00:00:01.000Z"),
    ])
    func `a moment is written in UTC with milliseconds`(_ seconds: Int, _ nanoseconds: Int, _ text: String) {
        #expect(LogTime(seconds: seconds, nanoseconds: nanoseconds).rfc3339 == text)
    }
}
