/// How long an answer may be kept, as the gateway says itself; nothing is guessed.
struct Freshness: Equatable, Sendable {
    /// Seconds that it stays fresh, from its making on.
    let lifetime: Int
    /// Seconds that had passed when it came.
    let age: Int

    /// - Returns: `nil` where it is not to be kept.
    init?(_ head: AnswerHead) {
        guard !head.cacheControl.isEmpty || head.expires != nil else { return nil }
        let directives = head.directives
        guard !directives.noStore, !directives.noCache, !directives.isPrivate else { return nil }
        guard head.varies.allSatisfy({ $0 == "accept" }) else { return nil }
        let lifetime: Int
        if let seconds = directives.sharedMaxAge ?? directives.maxAge {
            lifetime = seconds
        } else if let expires = head.expires {
            // An unreadable date is one in the past; without a date of making, there is nothing to count from.
            guard let end = HTTPMoment.seconds(expires), let start = head.date.flatMap(HTTPMoment.seconds) else { return nil }
            lifetime = end - start
        } else {
            return nil
        }
        let age = head.age ?? 0
        guard lifetime > age else { return nil }
        self.lifetime = lifetime
        self.age = age
    }

    init(lifetime: Int, age: Int) {
        self.lifetime = lifetime
        self.age = age
    }
}
