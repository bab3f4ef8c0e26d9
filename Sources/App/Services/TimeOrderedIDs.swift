import Foundation

/// Names for rows, in the order of their time (RFC 9562, section 5.7: UUID version 7): a table that grows by many of them grows
/// at its end, and not everywhere at once.
///
/// Two processes make the same one as likely as their seeds are the same; they are no secret.
struct TimeOrderedIDs: Sendable {
    private let bits: RequestIDs

    init(seed: UInt64) { bits = RequestIDs(seed: seed) }

    /// - Parameter milliseconds: since 1970.
    func next(at milliseconds: Int) -> UUID {
        let time = UInt64(clamping: milliseconds)
        let (high, low) = (time << 16 | 0x7000 | bits.nextBits() & 0x0FFF, bits.nextBits() & ~(3 << 62) | 2 << 62)
        func byte(_ of: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: of >> UInt64(56 - index * 8)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}
