/// What an author wrote as the target of a link.
public enum LinkTarget: Hashable, Sendable {
    /// `[[first|second|third]]`, parts as written.
    case wiki(parts: [String])
    /// The destination of `[text](destination)`.
    case destination(String)
}

/// Where a link leads, once the whole site is known.
public enum ResolvedLink: Hashable, Sendable {
    /// A page of this site; `anchor` without `#`. `text` is what to show where
    /// the author's own text was really a path.
    case page(PagePath, anchor: String?, text: String?)
    /// A file of this site, by its address.
    case file(String)
    case external(String)
    /// Nobody has written the page yet.
    case wanted(title: String)
    /// Leads nowhere, or to a scheme that is not allowed.
    case dead
}

/// An image that can be shown, or the link that takes its place.
public enum ResolvedImage: Hashable, Sendable {
    /// Address, and size in CSS pixels where it is known.
    case image(url: String, width: Int?, height: Int?)
    /// An image on another host: linked, never loaded.
    case remote(String)
    case dead
}
