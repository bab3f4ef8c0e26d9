import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection of the site, from its bytes to the router. The order of its
/// handlers stands in ``addHandlers(to:logger:)`` and nowhere else.
struct EdgeChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let configuration: EdgeConfiguration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try addHandlers(to: channel, logger: logger)
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// All of the pipeline but the site, which reads its requests behind it. Called on the channel's event loop.
    func addHandlers(to channel: any Channel, logger: Logger) throws {
        let limits = configuration.limits
        let count = configuration.connections
        let isAdmitted = count.open(limit: limits.connections)
        if isAdmitted { channel.closeFuture.whenComplete { _ in count.close() } }
        let phase = ConnectionPhase()
        let pipeline = channel.pipeline.syncOperations
        // Bytes.
        try pipeline.addHandler(DeadlineHandler(limits: limits, state: phase))
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)))
        // Requests come in, ready bytes go out.
        if let cache = configuration.cache, isAdmitted {
            try pipeline.addHandler(CachedResponseHandler(configuration, cache: cache, state: phase))
        }
        try pipeline.addHandler(HTTPResponseEncoder())
        // Requests and answers.
        try pipeline.addHandler(ResponseHeadersHandler(date: configuration.date))
        let edge = EdgeHandler(configuration, state: phase)
        try pipeline.addHandler(edge)
        // Here is the room for upgrades.
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
        if !isAdmitted {
            channel.eventLoop.execute { [loopBound = NIOLoopBound(edge, eventLoop: channel.eventLoop)] in loopBound.value.turnAway() }
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }

    private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = configuration.limits.headerField
        decoder.maxHeaderListSize = configuration.limits.headerList
        decoder.maxHeaderFieldCount = configuration.limits.headerCount
        return decoder
    }
}
