/// An answer as it is made: a body and what is said of it, in no coding yet.
public struct ResponseContent: Sendable, Equatable {
    /// A media type with its parameters.
    public var contentType: String
    public var cacheControl: String
    /// `Accept` where another representation stands beside this one.
    public var vary: String?
    /// `Link` (RFC 8288).
    public var link: String?
    /// Whether parts of it may be asked for (RFC 9110, section 14).
    public var acceptsRanges: Bool
    public var body: [UInt8]

    /// What its answer depends on.
    ///
    /// - Parameter isEncoded: whether there are other codings of the body.
    public func vary(isEncoded: Bool) -> String? {
        let fields = [vary, isEncoded ? "Accept-Encoding" : nil].compactMap(\.self)
        return fields.isEmpty ? nil : fields.joined(separator: ", ")
    }

    public init(
        contentType: String, cacheControl: String, vary: String? = nil, link: String? = nil, acceptsRanges: Bool = false, body: [UInt8]
    ) {
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.vary = vary
        self.link = link
        self.acceptsRanges = acceptsRanges
        self.body = body
    }
}
