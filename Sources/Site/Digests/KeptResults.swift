/// Results that need not be computed again, by the digest of what they were computed from.
///
/// It may forget any of them at any time; whoever asks for one computes it then. Called on several threads at once.
public protocol KeptResults: Sendable {
    /// The bytes as they were kept; `nil` where there are none.
    func bytes(for key: Digest) -> [UInt8]?

    func keep(_ bytes: [UInt8], for key: Digest)
}
