public import FoundationEssentials

/// What an author says of a note above its text.
public struct FrontMatter: Sendable, Equatable {
    public var title: String?
    public var description: String?
    public var tags: [String] = []
    public var created: Date?
    public var updated: Date?
    /// Titles or paths of other notes, without brackets.
    public var related: [String] = []
    public var isDraft = false
    public var publish: Date?
    public var expire: Date?
    public var aliases: [String] = []
    public var order: Int?
    public var template: String?
    public var isHiddenFromSearch = false
    /// Where each key stands in the file, for messages about its value.
    var places: [String: Place] = [:]

    struct Place: Sendable, Equatable {
        var line: Int
        var column: Int
    }

    func place(of key: String) -> Place { places[key] ?? Place(line: 1, column: 1) }
}
