import Synchronization

/// Names for requests: 64 bits in hexadecimal, none of them twice (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
///
/// They tell requests apart and are no secret; asking the system for each would cost as much as the answer's head.
final class RequestIDs: Sendable {
    private let state: Atomic<UInt64>

    init(seed: UInt64) { state = Atomic(seed) }

    @Sendable func next() -> String {
        let bits = nextBits()
        return String(unsafeUninitializedCapacity: 16) { text in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: bits >> UInt64(60 - index * 4)) & 15
                text[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }

    func nextBits() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
