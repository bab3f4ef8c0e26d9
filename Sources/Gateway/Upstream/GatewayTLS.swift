import NIOCore
import NIOSSL
import NIOTLS

/// TLS towards the gateway, the same for calls and for sockets: 1.2 or later, and a certificate for the endpoint's host from
/// somebody whom the machine trusts.
struct GatewayTLS: Sendable {
    private let context: Result<NIOSSLContext, UpstreamFailure>
    /// `nil` for an address, which a server's name cannot be (RFC 6066, section 3); its certificate is for the address then.
    private let name: String?

    /// Reads the machine's certificates, so not on an event loop. `nil` where the endpoint is without TLS.
    ///
    /// - Parameter configuration: by default the machine's certificates.
    init?(_ endpoint: GatewayEndpoint, _ configuration: TLSConfiguration? = nil) {
        guard endpoint.isTLS else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: endpoint.host, port: 0)) != nil
        name = isAddress ? nil : endpoint.host
        var configuration = configuration ?? .makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            context = .success(try NIOSSLContext(configuration: configuration))
        } catch {
            context = .failure(.unreachable("TLS cannot be set up: \(error)"))
        }
    }

    /// Begins to speak TLS on a channel that is connected. Called on its event loop.
    ///
    /// - Returns: the channel, after the handshake. It is closed where that fails or takes longer than `limit`.
    func secure(_ channel: any Channel, within limit: TimeAmount) -> EventLoopFuture<any Channel> {
        let secured = channel.eventLoop.makePromise(of: Void.self)
        let deadline = channel.eventLoop.scheduleTask(in: limit) { secured.fail(ChannelError.connectTimeout(limit)) }
        secured.futureResult.whenComplete { _ in deadline.cancel() }
        secured.futureResult.whenFailure { _ in channel.close(promise: nil) }
        do {
            let client = try NIOSSLClientHandler(context: try context.get(), serverHostname: name)
            // Before it, so that it misses nothing of a handshake that begins at once.
            try channel.pipeline.syncOperations.addHandler(HandshakeWitness(secured), position: .first)
            try channel.pipeline.syncOperations.addHandler(client, position: .first)
            channel.read()
        } catch {
            secured.fail(error)
        }
        return secured.futureResult.map { channel }
    }

    fileprivate static func failure(_ error: any Error) -> UpstreamFailure {
        if case let error as NIOSSLExtraError = error, error == .failedToValidateHostname {
            return .untrusted("It is another host's, not that of the host in GATEWAY_URL.")
        }
        // BoringSSL gives all reasons the same name.
        if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
            return .untrusted("Nobody whom this machine trusts has signed it, or it has expired.")
        }
        return .unreachable(UpstreamConnector.describe(error))
    }
}

/// Waits for the end of a handshake.
private final class HandshakeWitness: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let secured: EventLoopPromise<Void>

    init(_ secured: EventLoopPromise<Void>) { self.secured = secured }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            secured.succeed()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        secured.fail(GatewayTLS.failure(error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        secured.fail(UpstreamFailure.unreachable("the connection ended during the handshake"))
        context.fireChannelInactive()
    }
}
