import JSON

/// What is told to sockets without being asked.
struct SimulatorEvent: Sendable {
    enum Audience: Sendable {
        /// Whoever has introduced themselves.
        case all
        /// Whoever may read.
        case readers
        /// Readers that have asked for changes of sessions.
        case sessionList
        /// Readers that have asked for the messages of a session.
        case session(String)
    }

    let name: String
    let payload: JSONValue
    let audience: Audience

    init(_ name: String, _ payload: JSONValue, isForAll: Bool = false) {
        self.init(name, payload, audience: isForAll ? .all : .readers)
    }

    init(_ name: String, _ payload: JSONValue, audience: Audience) {
        self.name = name
        self.payload = payload
        self.audience = audience
    }
}
