public import FoundationEssentials

/// The parts of the stack and whether they work, for everybody.
public struct StatusBoard: Sendable, Equatable {
    public struct Part: Sendable, Equatable {
        public enum State: Sendable, Equatable {
            case works, fails
            /// It is not used here.
            case absent
        }

        /// `Website`
        public var name: String
        public var state: State
        /// Since when it is so, where that is known.
        public var since: Date?

        public init(_ name: String, _ state: State, since: Date? = nil) {
            self.name = name
            self.state = state
            self.since = since
        }
    }

    public var parts: [Part]
    public var at: Date

    public init(_ parts: [Part], at: Date) {
        self.parts = parts
        self.at = at
    }
}
