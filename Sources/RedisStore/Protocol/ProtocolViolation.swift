/// The server sent something that is no answer, or more than an answer may hold.
struct ProtocolViolation: Error, Equatable {
    let reason: String
}
