import Crypto
import NIOCore
import Synchronization

/// Ids in the form of UUIDs, each only once.
final class SimulatedIDs: Sendable {
    private let seed = NIODeadline.now().uptimeNanoseconds
    private let count = Atomic<UInt64>(0)

    func next() -> String {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        let bytes = Array(SHA256.hash(data: Array("\(seed) \(number)".utf8)).prefix(16))
        let text = hexadecimal(bytes)
        var parts: [Substring] = []
        var rest = text[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}

/// Two small letters or digits for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
