import FoundationEssentials
import Gateway
import HTTPTypes
import Hummingbird
import Identity
import Site

/// `/api/gateway/…`: calls and sockets to the gateway for people who are signed in.
struct GatewayProxyRoutes: Sendable {
    static let mount = "/api/gateway/"

    let services: GatewayServices
    let gatekeeper: Gatekeeper

    func call(_ request: Request, _ context: WebContext) async throws -> Response {
        if let begun = context.begunCall { return try await finish(begun) }
        let bearer = try await bearer(request, context)
        // As everywhere on the site: HEAD is asked as GET, and the edge leaves the body out.
        let call = GatewayRequest(
            method: request.method == .head ? .get : request.method, path: String(request.uri.path.dropFirst(Self.mount.count)),
            query: request.uri.query, headers: request.headers, body: request.body)
        let caller = caller(bearer, request, context)
        let answer: GatewayAnswer
        do {
            answer = try await whileConnected(context) { () async throws(GatewayProblem) in try await services.proxy.answer(call, for: caller) }
        } catch let problem as GatewayProblem {
            throw WebError(problem)
        }
        if request.method == .head, case .stream = answer.body, answer.headers[.contentType]?.hasPrefix("text/event-stream") == true {
            // It might have no end. Nobody reads it, so its call ends with this.
            return Response(status: answer.status, headers: answer.headers, body: ResponseBody { try await $0.finish(nil) })
        }
        return Response(status: answer.status, headers: answer.headers, body: body(answer.body, context))
    }

    /// In a task that is cancelled when the client goes away.
    private func finish(_ begun: BegunCall) async throws -> Response {
        let answer = try await services.proxy.finish(begun)
        let body: ResponseBody =
            switch answer.body {
            case .bytes(let bytes): ResponseBody(byteBuffer: bytes)
            case .stream(let parts):
                ResponseBody { writer in
                    for try await part in parts { try await writer.write(part) }
                    try await writer.finish(nil)
                }
            }
        return Response(status: answer.status, headers: answer.headers, body: body)
    }

    /// The opening of a WebSocket (RFC 6455, section 4.2).
    func socket(_ request: Request, _ context: WebContext) async throws -> Response {
        // Scripts of every site may open sockets, and browsers send cookies along.
        try gatekeeper.checkOrigin(request)
        let bearer = try await bearer(request, context)
        guard request.headers[.upgrade] == "websocket" else { throw WebError.upgradeNeeded }
        guard request.headers[.webSocketVersion] == "13" else { throw WebError.socketVersion }
        guard let key = request.headers[.webSocketKey], key.utf8.count == 24 else {
            throw WebError(GatewayProblem(.requestInvalid, "Sec-WebSocket-Key is not the base64 form of 16 bytes."))
        }
        do {
            services.offer(context.channel, try services.sockets.admit(caller(bearer, request, context)))
        } catch {
            throw WebError(error)
        }
        return Response(status: .switchingProtocols, headers: [.webSocketAccept: services.acceptKey(key)])
    }

    private func bearer(_ request: Request, _ context: WebContext) async throws -> SessionBearer {
        guard let bearer = try await gatekeeper.bearer(request, context) else { throw WebError.signInNeeded(request) }
        return bearer
    }

    private func caller(_ bearer: SessionBearer, _ request: Request, _ context: WebContext) -> GatewayCaller {
        GatewayCaller(bearer, gatekeeper.accounts, requestID: context.requestID, traceparent: request.headers[.traceparent])
    }

    /// Cancels what is done for a client that has gone away.
    private func whileConnected<Value: Sendable>(
        _ context: WebContext, _ body: @escaping @Sendable () async throws(GatewayProblem) -> Value
    ) async throws -> Value {
        let task = Task { try await body() }
        services.watch(context.channel) { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func body(_ body: GatewayAnswer.Body, _ context: WebContext) -> ResponseBody {
        switch body {
        case .bytes(let bytes): return ResponseBody(byteBuffer: bytes)
        case .stream(let parts):
            let watch = services.watch
            return ResponseBody { writer in
                let relay = PartRelay(parts)
                watch(context.channel) {
                    relay.cancel()
                    // What is being written to somebody who has gone would wait for a long time.
                    context.channel.close(promise: nil)
                }
                defer { relay.cancel() }
                try await withTaskCancellationHandler {
                    while let part = try await relay.next() { try await writer.write(part) }
                } onCancel: {
                    relay.cancel()
                }
                try await writer.finish(nil)
            }
        }
    }
}

extension GatewayCaller {
    convenience init(_ bearer: SessionBearer, _ accounts: Accounts, requestID: String, traceparent: String?) {
        let (endings, session) = (accounts.endings, bearer.session.id)
        self.init(
            id: bearer.userID, role: GatewayRole(bearer.role), requestID: requestID, traceparent: traceparent,
            sessionEnding: { endings.ending(of: session) })
    }
}
