import NIOHTTP1

/// Whether a request's head is one that may go on, and what of it does.
struct RequestHygiene {
    let limits: EdgeLimits

    /// A request as the site sees it.
    struct Admitted {
        var head: HTTPRequestHead
        /// The connection stays open behind the answer.
        var keepsConnection: Bool
        /// The client waits for a word before it sends the body.
        var expectsContinue: Bool
        /// The client wants to speak the protocol of WebSockets from here on.
        var opensSocket: Bool
    }

    /// - Throws: ``Refusal`` with the status that fits.
    func admit(_ request: HTTPRequestHead) throws(Refusal) -> Admitted {
        var head = request
        guard head.uri.utf8.count <= limits.target else { throw .targetTooLong }
        guard head.method != .TRACE, head.method != .CONNECT else { throw .methodNotAllowed }
        guard let target = RequestTarget.parse(head.uri) else { throw .badRequest("the target of the request is not a path") }
        try checkHost(&head, target.authority)
        head.uri = target.path
        let expectsContinue = try checkBody(&head)
        let tokens = connectionTokens(head)
        // The stack's nginx says `Connection: upgrade` in every request: without an `Upgrade` that means nothing.
        let changesProtocol = tokens.contains("upgrade") && head.headers.contains(name: "upgrade")
        let isSocket = changesProtocol && Self.opensSocket(head)
        // Where the parser has heard of another protocol, it reads no further request.
        let keeps = head.version == .http1_1 && !tokens.contains("close") && (!changesProtocol || isSocket)
        removeHopByHop(&head, tokens)
        if isSocket { head.headers.add(name: "upgrade", value: "websocket") }
        if !keeps { head.headers.replaceOrAdd(name: "connection", value: "close") }
        return Admitted(head: head, keepsConnection: keeps, expectsContinue: expectsContinue, opensSocket: isSocket)
    }

    /// The opening handshake of a WebSocket (RFC 6455, section 4.2.1); whether there is one at its address is the site's to say.
    private static func opensSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.version == .http1_1 && head.headers[canonicalForm: "upgrade"].map { $0.lowercased() } == ["websocket"]
            && !head.headers.contains(name: "content-length") && !head.headers.contains(name: "transfer-encoding")
    }

    /// Exactly one valid Host (RFC 9112, section 3.2); HTTP/1.0 may go without.
    private func checkHost(_ head: inout HTTPRequestHead, _ authority: String?) throws(Refusal) {
        let hosts = head.headers["host"]
        if hosts.isEmpty, head.version == .http1_0 {
            head.headers.add(name: "host", value: authority ?? "localhost")
            return
        }
        guard hosts.count == 1 else { throw .badRequest(hosts.isEmpty ? "the request names no Host" : "the request names more than one Host") }
        guard RequestTarget.isHost(hosts[0]) else { throw .badRequest("the Host of the request is not valid") }
        if let authority { head.headers.replaceOrAdd(name: "host", value: authority) }
    }

    /// One way to tell a body's length (RFC 9112, section 6.3), and not more of it than allowed.
    private func checkBody(_ head: inout HTTPRequestHead) throws(Refusal) -> Bool {
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .badRequest("the request has both Content-Length and Transfer-Encoding") }
            guard head.version == .http1_1 else { throw .badRequest("Transfer-Encoding is not part of HTTP/1.0") }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .notImplemented }
        }
        if let length = lengths.first {
            guard lengths.count == 1, !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw .badRequest("the Content-Length of the request is not valid")
            }
            guard Int(length) ?? .max <= limits.body else { throw .contentTooLarge }
        }
        let expectations = head.headers["expect"]
        guard !expectations.isEmpty else { return false }
        guard expectations.count == 1, expectations[0].lowercased() == "100-continue" else { throw .expectationFailed }
        head.headers.remove(name: "expect")
        // An HTTP/1.0 client does not know the answer; one without a body does not need it.
        return head.version == .http1_1 && (!codings.isEmpty || lengths.first.map { $0 != "0" } ?? false)
    }

    private func connectionTokens(_ head: HTTPRequestHead) -> Set<String> {
        Set(head.headers[canonicalForm: "connection"].map { $0.lowercased() })
    }

    /// What concerns this connection goes no further (RFC 9110, section 7.6.1),
    /// nor does what only this server may say of a request.
    private func removeHopByHop(_ head: inout HTTPRequestHead, _ tokens: Set<String>) {
        for name in Self.hopByHop { head.headers.remove(name: name) }
        for name in tokens where !Self.needed.contains(name) { head.headers.remove(name: name) }
    }

    static let hopByHop = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings", EdgeHandler.requestIDName,
    ]
    /// A client cannot name these to have them dropped.
    private static let needed: Set = [
        "host", "content-length", "transfer-encoding", "content-type", "authorization", "cookie", "origin", "sec-fetch-site", "x-forwarded-for",
    ]
}
