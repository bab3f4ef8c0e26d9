/// Compares secrets without telling how much of a guess was right.
public enum ConstantTime {
    public static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { areEqual(a.span, b.span) }

    public static func areEqual(_ a: String, _ b: String) -> Bool { areEqual(a.utf8.span, b.utf8.span) }

    private static func areEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
