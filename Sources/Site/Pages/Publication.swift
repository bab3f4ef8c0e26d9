public import FoundationEssentials

/// When a page may be read by the public.
public struct Publication: Hashable, Sendable {
    /// Kept from the public whatever the time.
    public var isDraft: Bool
    /// First moment at which the page is public; `nil`: always has been.
    public var from: Date?
    /// First moment at which it no longer is; `nil`: never ends.
    public var until: Date?

    public init(isDraft: Bool = false, from: Date? = nil, until: Date? = nil) {
        self.isDraft = isDraft
        self.from = from
        self.until = until
    }

    public func isPublic(at now: Date) -> Bool {
        if isDraft { return false }
        if let from, now < from { return false }
        if let until, now >= until { return false }
        return true
    }

    /// The next moment after `now` at which ``isPublic(at:)`` changes by itself.
    public func nextChange(after now: Date) -> Date? {
        isDraft ? nil : [from, until].compactMap { $0 }.filter { $0 > now }.min()
    }
}
