import NIOCore

/// The headers that keep a page to itself. Pages have no inline script and no
/// inline style, so one policy fits all and pages can be cached.
///
/// Together the top grade of the MDN HTTP Observatory, as far as a server behind
/// a proxy that ends TLS can send it.
public enum SecurityHeaders {
    /// ``fields`` as lines of a head.
    static let block = ByteBuffer(string: fields.map { "\($0.0): \($0.1)\r\n" }.joined())

    /// Names in lower case, with their values.
    public static let fields: [(String, String)] = [
        (
            "content-security-policy",
            """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
            manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
            require-trusted-types-for 'script'; trusted-types 'none'
            """
        ),
        // Browsers heed it only where it came over TLS.
        ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ]
}
