/// The three folders that a site is made from.
public struct SiteFiles: Sendable, Equatable {
    public var content: String
    public var templates: String
    public var publicFolder: String

    public init(content: String, templates: String, publicFolder: String) {
        self.content = content
        self.templates = templates
        self.publicFolder = publicFolder
    }

    /// By the name that each has in a generation.
    var folders: [(name: String, path: String)] { [("content", content), ("templates", templates), ("public", publicFolder)] }
}
