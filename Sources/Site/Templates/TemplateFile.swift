/// A template as it was read.
public struct TemplateFile: Sendable, Equatable {
    /// Path below the templates folder without its ending: `layout`, `partials/header`.
    public let name: String
    /// As the author would name it, for messages.
    public let file: String
    public let text: String

    public init(name: String, file: String, text: String) {
        self.name = name
        self.file = file
        self.text = text
    }
}
