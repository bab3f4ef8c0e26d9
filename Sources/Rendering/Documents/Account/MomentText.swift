import FoundationEssentials

/// A moment for people: exact, and as seen from another one.
struct MomentText {
    private let seconds: TimeInterval
    private let date: DateText

    init(_ moment: Date, now: Date) {
        seconds = now.timeIntervalSince(moment)
        date = DateText(moment)
    }

    /// `2026-02-07T09:30:00Z`
    var iso: String { date.isoMoment }

    /// `7 February 2026, 09:30 UTC`
    var exact: String { "\(date.words), \(date.isoMoment.dropFirst(11).prefix(5)) UTC" }

    /// As part of a sentence: `just now`, `3 hours ago`, `in 6 days`, beyond a month `on 7 February 2026`.
    var relative: String { isNear ? short : "on \(short)" }

    private var isNear: Bool { abs(seconds) < 31 * 86_400 }

    /// The same by itself.
    private var short: String {
        let distance = abs(seconds)
        // Clocks of two machines differ a little; nobody was seen in the future.
        if distance < 60 { return "just now" }
        let (count, unit) =
            if distance < 3_600 { (distance / 60, "minute") } else if distance < 86_400 { (distance / 3_600, "hour") } else {
                (distance / 86_400, "day")
            }
        guard isNear else { return date.words }
        let amount = count < 2 ? "1 \(unit)" : "\(Int(count)) \(unit)s"
        return seconds > 0 ? "\(amount) ago" : "in \(amount)"
    }

    /// What templates show of it.
    var context: TemplateContext { ["iso": iso, "exact": exact, "ago": relative, "short": short, "day": date.words] }
}
