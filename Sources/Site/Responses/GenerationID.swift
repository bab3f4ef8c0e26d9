/// Names a state of the files that a site is made from: the same files have the same name,
/// on every machine.
public struct GenerationID: Hashable, Sendable, CustomStringConvertible {
    /// 32 hexadecimal digits in lower case.
    public let description: String

    /// - Returns: `nil` for anything else, which may come from outside and is to be part of a path.
    public init?(_ text: some StringProtocol) {
        let isHexadecimal = text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
        guard text.utf8.count == 32, isHexadecimal else { return nil }
        description = String(text)
    }

    public init(_ digest: Digest) { description = String(digest.description.prefix(32)) }

    /// Enough for people.
    public var short: String { String(description.prefix(12)) }
}

/// A generation, and since when it is the one to serve.
public struct Appointment: Equatable, Sendable, CustomStringConvertible {
    public let generation: GenerationID
    /// Seconds since 1970; of two appointments the later one holds.
    public let since: Double

    public init(generation: GenerationID, since: Double) {
        self.generation = generation
        self.since = since
    }

    /// - Returns: `nil` for what ``description`` does not give.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let generation = GenerationID(parts[0]), let since = Double(parts[1]), since.isFinite else { return nil }
        self.init(generation: generation, since: since)
    }

    /// One line without its end.
    public var description: String { "\(generation) \(since)" }
}
