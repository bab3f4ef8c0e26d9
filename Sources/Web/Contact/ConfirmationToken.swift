import FoundationEssentials
import Identity

/// Proof that a form was shown at a certain time: `seconds.code`.
struct ConfirmationToken {
    /// A person needs longer than this to read a sentence and tick a box.
    private static let shortest: TimeInterval = 2
    private static let longest: TimeInterval = 3_600

    let authenticate: @Sendable (String) -> String

    func issue(at now: Date) -> String {
        let time = String(Int(now.timeIntervalSince1970))
        return "\(time).\(authenticate("contact:\(time)"))"
    }

    func isValid(_ token: String, at now: Date) -> Bool {
        let parts = token.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = Int(parts[0]) else { return false }
        let age = now.timeIntervalSince1970 - Double(time)
        return ConstantTime.areEqual(Array(authenticate("contact:\(time)").utf8), Array(parts[1].utf8)) && age >= Self.shortest && age <= Self.longest
    }
}
