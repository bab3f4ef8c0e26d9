/// One sentence above a page about what just happened.
public struct PageNotice: Sendable, Equatable {
    public enum Tone: String, Sendable {
        /// Something was done.
        case done = "tip"
        case information = "note"
        /// Something to look at now.
        case warning
    }

    public var tone: Tone
    public var text: String

    public init(_ tone: Tone, _ text: String) {
        self.tone = tone
        self.text = text
    }
}
