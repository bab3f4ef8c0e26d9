/// How long a response with live parts is served (RFC 9111, section 4.2; RFC 5861).
///
/// A response without live parts has none: it is right for as long as its digest.
public struct Lifetime: Sendable, Hashable {
    public var fresh: Duration
    /// Afterwards it is still served for so long, while one caller makes a new one.
    public var staleWhileRevalidate: Duration
    /// For so long it is served where a new one cannot be made.
    public var staleIfError: Duration

    public init(fresh: Duration, staleWhileRevalidate: Duration = .zero, staleIfError: Duration = .zero) {
        self.fresh = fresh
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }

    enum Stage { case fresh, revalidating, onErrorOnly, gone }

    func stage(at age: Duration) -> Stage {
        if age <= fresh { return .fresh }
        if age <= fresh + staleWhileRevalidate { return .revalidating }
        return age <= fresh + staleIfError ? .onErrorOnly : .gone
    }
}
