import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One GET of a site, for commands. A larger client would bring libraries that the server never needs, and starts with.
struct SiteQuestion {
    struct Answer: Sendable {
        let status: Int
        let body: ByteBuffer
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Nothing listens at the address.
        var isNobodyThere = false
    }

    private let components: URLComponents
    private let host: String
    private let isSecure: Bool

    /// Bytes of an answer that are read: what a plan asks for of a site of 15,000 pages is a tenth of it.
    private static let mostBytes = 64 << 20
    private static let limit = TimeAmount.seconds(10)

    /// `nil` for what is no address of a site.
    init?(_ address: String) {
        guard let components = URLComponents(string: address), let host = components.host, !host.isEmpty,
            let scheme = components.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else { return nil }
        self.components = components
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        isSecure = scheme == "https"
    }

    private var port: Int { components.port ?? (isSecure ? 443 : 80) }

    /// Asks, and waits for the whole answer, at most 10 s.
    func ask(_ fields: [(String, String)]) async throws(Failure) -> Answer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: Answer.self)
        let deadline = loop.scheduleTask(in: Self.limit) { answer.fail(ChannelError.connectTimeout(Self.limit)) }
        defer { deadline.cancel() }
        do {
            let channel = try await connect(on: loop, answer)
            defer { channel.close(promise: nil) }
            let target = "\(components.percentEncodedPath)\(components.percentEncodedQuery.map { "?\($0)" } ?? "")"
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.isEmpty ? "/" : target)
            head.headers = HTTPHeaders(
                [("host", components.port.map { "\(components.host ?? host):\($0)" } ?? host), ("connection", "close")] + fields)
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            return try await answer.futureResult.get()
        } catch {
            answer.fail(error)
            throw Self.failure(error)
        }
    }

    private func connect(on loop: any EventLoop, _ answer: EventLoopPromise<Answer>) async throws -> any Channel {
        // Reads the machine's certificates; this is no server.
        let tls = isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        // `try?`: what is no address is a name, which is what the server is asked for by then.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try await ClientBootstrap(group: loop).connectTimeout(Self.limit)
            .channelInitializer { [host] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)) }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandlers([NIOHTTPClientResponseAggregator(maxContentLength: Self.mostBytes), AnswerHandler(answer)])
                }
            }
            .connect(host: host, port: port).get()
    }

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case ChannelError.connectTimeout: Failure(description: "nothing came within 10 s")
        case let error as NIOConnectionError where error.connectionErrors.isEmpty: Failure(description: "the name \(error.host) is not known")
        case let error as NIOConnectionError:
            error.connectionErrors.allSatisfy { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
                ? Failure(description: "nothing listens there", isNobodyThere: true)
                : Failure(description: error.connectionErrors.map { "\($0.error)" }.joined(separator: "; "))
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: Failure(description: "TLS failed: \(error)")
        default: Failure(description: "\(error)")
        }
    }
}

/// Waits for an answer, or for the end of what there will be of it.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull

    private let answer: EventLoopPromise<SiteQuestion.Answer>

    init(_ answer: EventLoopPromise<SiteQuestion.Answer>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let response = unwrapInboundIn(data)
        answer.succeed(SiteQuestion.Answer(status: Int(response.head.status.code), body: response.body ?? ByteBuffer()))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(SiteQuestion.Failure(description: "the connection ended without an answer"))
        context.fireChannelInactive()
    }
}
