import NIOCore

/// Turns bytes of a channel into values until the channel ends, for whom it is attached to.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reader: ReplyReader
    private var receiver: (any RedisChannelReceiver)?
    /// What happened before anyone was attached.
    private var early: [RedisValue] = []
    private var end: LinkFailure?

    init(replyLimit: Int) { reader = ReplyReader(limit: replyLimit) }

    func attach(_ receiver: any RedisChannelReceiver) {
        self.receiver = receiver
        let values = early
        early = []
        for value in values { self.receiver?.channelReceived(value) }
        if let end { finish(end) }
    }

    /// Nothing is heard of this channel any more.
    func detach() {
        receiver = nil
        end = end ?? LinkFailure(.lost, "given up")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard end == nil else { return }
        do {
            try reader.read(unwrapInboundIn(data)) { value in
                if let receiver { receiver.channelReceived(value) } else if end == nil { early.append(value) }
            }
        } catch {
            finish(LinkFailure(.violation, error.reason))
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { receiver?.channelReadCompleted() }

    func channelInactive(context: ChannelHandlerContext) { finish(LinkFailure(.lost, "the server closed the connection")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(LinkFailure(.lost, ConnectProblem.describe(error)))
        context.close(promise: nil)
    }

    private func finish(_ failure: LinkFailure) {
        end = end ?? failure
        let receiver = self.receiver
        self.receiver = nil
        receiver?.channelEnded(end ?? failure)
    }
}

/// Who hears a channel, on its event loop.
protocol RedisChannelReceiver: AnyObject {
    func channelReceived(_ value: RedisValue)
    /// Nothing more has arrived for now.
    func channelReadCompleted()
    func channelEnded(_ failure: LinkFailure)
}
