import Synchronization

/// Names for requests: 60 bits in hexadecimal, of numbers that come once each (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
///
/// Fifteen digits: a string holds as many without memory of its own, and these are passed on again and again.
/// They tell requests apart and are no secret; asking the system for each would cost as much as the answer's head.
final class RequestIDs: Sendable {
    private let state: Atomic<UInt64>
    private static let digits = 15

    init(seed: UInt64) { state = Atomic(seed) }

    @Sendable func next() -> String {
        let bits = nextBits()
        return String(unsafeUninitializedCapacity: Self.digits) { text in
            for index in 0..<Self.digits {
                let digit = UInt8(truncatingIfNeeded: bits >> UInt64(60 - index * 4)) & 15
                text[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return Self.digits
        }
    }

    func nextBits() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
