/// A page that notes link to and nobody has written.
public struct WantedPage: Sendable, Equatable {
    public let title: String
    /// Pages that ask for it, in order of their paths.
    public let wantedBy: [PagePath]

    public init(title: String, wantedBy: [PagePath]) {
        self.title = title
        self.wantedBy = wantedBy
    }
}
