import Content
import ContentCoding
import NIOCore
import NIOEmbedded
import NIOHTTP1
import PageCache
import Site

@testable import HTTPEdge

/// The bytes of one connection, from the socket to where the router stands. However they are cut, and whenever the
/// site answers, and whether some answers are ready, the same requests are answered and the same bytes refused.
func checkRequestHead(_ bytes: [UInt8]) {
    let whole = Conversation(bytes, piece: bytes.count, manner: .atOnce)
    for (other, what) in [
        (Conversation(bytes, piece: 1 + bytes.count % 7, manner: .atOnce), "cut to pieces"),
        (Conversation(bytes, piece: bytes.count, manner: .late), "answered late"),
        (Conversation(bytes, piece: bytes.count, manner: .atOnce, cache: cache), "with ready answers"),
        (Conversation(bytes, piece: 1 + bytes.count % 5, manner: .late, cache: cache), "with ready answers, cut to pieces"),
    ] {
        expect(other.answered == whole.answered, "\(other.statuses) \(what), \(whole.statuses) whole")
        expect(other.isRefused == whole.isRefused, "\(other.statuses) \(what), \(whole.statuses) whole")
    }
    _ = Conversation(bytes, piece: bytes.count, manner: .early)
}

/// What a client hears that sends some bytes and then waits for the end.
private struct Conversation {
    /// Of the final answers.
    let statuses: [Int]

    var answered: Int { statuses.count { $0 == 200 || $0 == 304 } }

    /// Where there are several reasons, the one that is seen first is told. Not to get on is no reason here: half a
    /// request that came with a whole one ends as silence does, without a 408.
    var isRefused: Bool { statuses.contains { $0 != 200 && $0 != 304 && $0 != 408 } }

    init(_ bytes: [UInt8], piece: Int, manner: EchoSite.Manner, cache: PageCache? = nil) {
        let channel = EmbeddedChannel()
        let wire = Wire()
        let site = EchoSite(manner, bodyLimit: limits.body)
        let refused = Refused()
        let asked = Asked()
        var configuration = EdgeConfiguration(
            limits: limits, date: HTTPDate { 784_111_777 }, makeRequestID: { "00000000000000ff" }, onRefusal: { refused.statuses.append($0) },
            cache: cache)
        configuration.onReady = { asked.note(isHead: $0.isHead, isReady: true) }
        do {
            try channel.pipeline.syncOperations.addHandler(wire)
            try EdgeChannel(configuration: configuration).addHandlers(to: channel) { try $0.pipeline.syncOperations.addHandler(site) }
            // What was asked, as the parser reads it, before anything else looks at it.
            let parser = try channel.pipeline.syncOperations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try channel.pipeline.syncOperations.addHandler(asked, position: .after(parser))
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
        } catch {
            expect(false, "the pipeline: \(error)")
        }
        for start in stride(from: 0, to: bytes.count, by: max(piece, 1)) where channel.isActive {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes[start..<min(start + piece, bytes.count)]))
            channel.pipeline.fireChannelReadComplete()
        }
        site.answerAll()
        // Whatever is missing never comes.
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        expect(!channel.isActive, "a connection without further bytes ends")

        let reader = AnswerReader(wire.sent, isEnded: wire.isOutputClosed) { $0 < asked.isHead.count && asked.isHead[$0] }
        let refusals = refused.statuses
        let final = reader.answers.filter { $0.status >= 200 }
        statuses = final.map(\.status)
        expect(reader.answers.allSatisfy { $0.status != 500 && ($0.status >= 200 || $0.status == 100) }, "an answer of 500: \(statuses)")
        expect(
            final.count == site.answered.count + asked.ready + refusals.count,
            "\(site.answered.count) answered, \(asked.ready) ready, \(refusals) refused, \(statuses) sent")
        expect(final.suffix(refusals.count).map(\.status) == refusals && refusals.count <= 1, "a refusal is the last word: \(statuses)")
        expect(final.dropLast().allSatisfy { $0.values(of: "connection") != ["close"] }, "nothing follows `Connection: close`: \(final)")
        expect(final.allSatisfy { $0.values(of: "date").count == 1 && $0.values(of: "x-request-id").count == 1 }, "a date and an id: \(final)")
    }
}

/// Statuses that the edge reported.
private final class Refused: @unchecked Sendable {
    var statuses: [Int] = []
}

/// What was asked, in its order: by the parser's reading, or answered before it. The edge answers in the same order.
private final class Asked: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart

    private(set) var isHead: [Bool] = []
    private(set) var ready = 0

    func note(isHead: Bool, isReady: Bool) {
        self.isHead.append(isHead)
        if isReady { ready += 1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { note(isHead: head.method == .HEAD, isReady: false) }
        context.fireChannelRead(data)
    }
}

/// Has the page that the corpus asks for most.
private let cache = {
    let cache = PageCache(
        PageCache.Configuration(), hash: .sha256, now: { ContinuousClock.now }, sleep: { try await Task.sleep(for: $0) })
    let content = ResponseContent(contentType: "text/plain", cacheControl: "no-cache", body: Array("ready".utf8))
    let response = PreparedResponse(content, tag: "tag", commonFields: [], encode: { $1.encode($0, effort: .quick) })
    cache.publish(ResponseTable(pinned: ["/": response, "/ready": response]))
    return cache
}()

/// Small enough for an input to reach them all.
private let limits = {
    var limits = EdgeLimits()
    limits.target = 128
    limits.headerField = 256
    limits.headerList = 512
    limits.headerCount = 16
    limits.body = 512
    return limits
}()
