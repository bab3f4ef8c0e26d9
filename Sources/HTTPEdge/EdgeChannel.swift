import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// One connection, from its bytes to the site. The order of its handlers stands in
/// ``addHandlers(to:enter:)`` and nowhere else.
struct EdgeChannel {
    let configuration: EdgeConfiguration
    private let room: @Sendable (any EventLoop) -> HeadRoom

    /// - Parameter rooms: gives that of an event loop; by default each connection has its own.
    init(configuration: EdgeConfiguration, rooms: (@Sendable (any EventLoop) -> HeadRoom)? = nil) {
        self.configuration = configuration
        room = rooms ?? { [date = configuration.date] _ in HeadRoom(date: date) }
    }

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
            try channel.syncOptions?.setOption(.autoRead, value: false)
            try pipeline.addHandler(CachedResponseHandler(configuration, cache: cache, state: phase, room: room(channel.eventLoop)))
        }
        // What stands behind the opening of a socket is its first frames.
        let parser = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
        let writer = HTTPResponseEncoder()
        try pipeline.addHandler(parser)
        try pipeline.addHandler(writer)
        // Requests and answers.
        let headers = ResponseHeadersHandler(date: configuration.date)
        try pipeline.addHandler(headers)
        let edge = EdgeHandler(configuration, state: phase) { [unowned pipeline = channel.pipeline] in
            pipeline.syncOperations.removeHandler(writer, promise: nil)
            pipeline.syncOperations.removeHandler(headers, promise: nil)
            pipeline.syncOperations.removeHandler(parser, promise: nil)
        }
        try pipeline.addHandler(edge)
        // A socket's handlers come here; what is behind them then sees nothing any more.
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
