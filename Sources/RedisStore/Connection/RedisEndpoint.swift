import NIOCore
import NIOPosix
import NIOSSL

/// The server, and how to reach it.
struct RedisEndpoint: Sendable {
    let url: RedisURL
    private let tls: NIOSSLContext?

    /// Reads the file of certificates, so not on an event loop.
    init(_ url: RedisURL, certificateAuthorities: String?) throws(RedisError) {
        self.url = url
        guard url.isEncrypted else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let certificateAuthorities { configuration.trustRoots = .file(certificateAuthorities) }
        do {
            tls = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .configuration("certificates cannot be read\(certificateAuthorities.map { " from \($0)" } ?? "") (\(error))")
        }
    }

    func connect(on loop: any EventLoop, limits: RedisLimits) -> EventLoopFuture<any Channel> {
        let host = url.host
        let tls = tls
        return ClientBootstrap(group: loop)
            .connectTimeout(limits.connectDeadline)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(Self.encryption(tls, host: host)) }
                    try channel.pipeline.syncOperations.addHandler(RedisChannelHandler(replyLimit: limits.reply))
                }
            }
            .connect(host: host, port: url.port)
    }

    private static func encryption(_ tls: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        // An address is no name to ask for; the certificate must be for the address then.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
    }
}
