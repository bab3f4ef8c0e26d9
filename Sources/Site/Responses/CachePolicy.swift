/// Which answers are kept for others than the one who asked (RFC 9111, section 3).
public enum CachePolicy {
    /// What decides it of a request.
    public struct Request: Sendable {
        public var method: String
        public var hasQuery: Bool
        public var hasRange: Bool
        /// `If-None-Match` and its kin.
        public var isConditional: Bool
        /// Carries a session or `Authorization`.
        public var isPersonal: Bool

        public init(method: String, hasQuery: Bool = false, hasRange: Bool = false, isConditional: Bool = false, isPersonal: Bool = false) {
            self.method = method
            self.hasQuery = hasQuery
            self.hasRange = hasRange
            self.isConditional = isConditional
            self.isPersonal = isPersonal
        }
    }

    /// What decides it of a response.
    public struct Response: Sendable {
        public var status: Int
        public var setsCookie: Bool
        /// Holds a part for one person.
        public var isPrivate: Bool

        public init(status: Int, setsCookie: Bool = false, isPrivate: Bool = false) {
            self.status = status
            self.setsCookie = setsCookie
            self.isPrivate = isPrivate
        }
    }

    /// The one predicate: only what anybody would have got, whole, may be stored.
    public static func mayShare(_ request: Request, _ response: Response) -> Bool {
        request.method == "GET" && !request.hasQuery && !request.hasRange && !request.isConditional && !request.isPersonal
            && response.status == 200 && !response.setsCookie && !response.isPrivate
    }
}
