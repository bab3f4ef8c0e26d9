/// What the operator and the author say of the site as a whole.
public struct SiteSettings: Sendable, Equatable {
    public struct NavigationItem: Sendable, Equatable {
        public var title: String
        public var path: String

        public init(title: String, path: String) {
            self.title = title
            self.path = path
        }
    }

    /// Scheme, host and port as browsers see them, without a trailing slash.
    public var origin: String
    public var title: String
    public var description: String
    /// BCP 47 tag, default `en`.
    public var language: String
    public var author: String
    public var navigation: [NavigationItem]

    public init(
        origin: String, title: String = "Landing", description: String = "", language: String = "en", author: String = "",
        navigation: [NavigationItem] = []
    ) {
        self.origin = origin
        self.title = title
        self.description = description
        self.language = language
        self.author = author
        self.navigation = navigation
    }
}
