/// How a state looks; words beside it say the same.
public enum StateTone: String, Sendable, Equatable {
    case good
    case plain
    /// To look at when there is time.
    case look
    case bad
}
