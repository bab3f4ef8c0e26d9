import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// One connection, from its bytes to the site. The order of its handlers stands in
/// ``addHandlers(to:enter:)`` and nowhere else.
struct EdgeChannel {
    let configuration: EdgeConfiguration

    /// Called on the channel's event loop.
    ///
    /// - Parameter enter: adds what reads the requests and writes the answers, at the end of the pipeline, with the
    ///   first request that is fit for it. Speaks `HTTPRequestPart` and `HTTPResponsePart`.
    func addHandlers(to channel: any Channel, enter: @escaping (any Channel) throws -> Void) throws {
        let isAdmitted = configuration.connections.add(channel, limit: configuration.limits.connections)
        let phase = ConnectionPhase()
        let pipeline = channel.pipeline.syncOperations
        // Bytes.
        try pipeline.addHandler(DeadlineHandler(limits: configuration.limits, state: phase))
        if let cache = configuration.cache, isAdmitted {
            try pipeline.addHandler(CachedResponseHandler(configuration, cache: cache, state: phase))
        }
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)))
        try pipeline.addHandler(HTTPResponseEncoder())
        // Requests and answers.
        try pipeline.addHandler(ResponseHeadersHandler(date: configuration.date))
        let edge = EdgeHandler(configuration, state: phase)
        try pipeline.addHandler(edge)
        // Here is the room for upgrades.
        try pipeline.addHandler(
            SiteEntrance { channel in
                try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                try enter(channel)
            })
        if !isAdmitted {
            channel.eventLoop.execute { [loopBound = NIOLoopBound(edge, eventLoop: channel.eventLoop)] in loopBound.value.turnAway() }
        }
    }

    private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = configuration.limits.headerField
        decoder.maxHeaderListSize = configuration.limits.headerList
        decoder.maxHeaderFieldCount = configuration.limits.headerCount
        return decoder
    }
}
