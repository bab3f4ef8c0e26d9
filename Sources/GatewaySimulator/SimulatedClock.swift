import NIOCore

/// A time that moves, from a day that is always the same.
public enum SimulatedClock {
    /// Since 1970: 8 September 2026, and as long as this machine runs.
    public static let milliseconds: @Sendable () -> Int = { 1_788_825_600_000 + Int(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}
