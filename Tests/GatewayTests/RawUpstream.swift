import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on a free port of this machine that answers each request with whatever bytes a test wants.
final class RawUpstream: Sendable {
    /// A request, once all of it is here.
    struct Request: Sendable {
        /// `GET /v1/models HTTP/1.1`
        let line: String
        /// With names in small letters.
        let fields: [(name: String, value: String)]
        let body: String
        /// Counts connections, from 1.
        let connection: Int

        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    /// What a request came by.
    final class Connection: Sendable {
        private let channel: any Channel
        private let sent = Atomic(0)

        fileprivate init(_ channel: any Channel) { self.channel = channel }

        func write(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

        /// With `Content-Length`, as JSON unless `fields` say more.
        func answer(_ body: String, status: String = "200 OK", fields: String = "Content-Type: application/json\r\n") {
            write("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        func beginStream() { write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n") }

        func chunk(_ text: String) { write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

        func endStream() { write("0\r\n\r\n") }

        func close() { channel.close(promise: nil) }

        fileprivate func closed() async {
            close()
            // `try?`: it is closed then, however that came about.
            try? await channel.closeFuture.get()
        }

        /// As many bytes as they are read, until all are gone or the other side has.
        func pour(_ count: Int) {
            let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
            Task { [self] in
                var left = count
                while left > 0, (try? await channel.writeAndFlush(piece)) != nil {
                    left -= piece.readableBytes
                    sent.add(piece.readableBytes, ordering: .relaxed)
                }
            }
        }

        /// Bytes that the machine has taken from ``pour(_:)``.
        var poured: Int { sent.load(ordering: .relaxed) }

        var isOpen: Bool { channel.isActive }
    }

    private struct State {
        var connections = 0
        var open: [Connection] = []
        var requests: [Request] = []
    }

    private let state = Mutex(State())
    private let server: any Channel

    /// - Parameters:
    ///   - tls: for one that speaks it.
    ///   - answer: called for each request, on an event loop.
    init(port: Int = 0, tls: NIOSSLContext? = nil, _ answer: @escaping @Sendable (Request, Connection) -> Void) async throws {
        let box = Box()
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let upstream = box.upstream else { return }
                    let connection = Connection(channel)
                    let number = upstream.add(connection)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        RequestReader(number) { request in
                            upstream.state.withLock { $0.requests.append(request) }
                            answer(request, connection)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        box.upstream = self
    }

    var port: Int { server.localAddress?.port ?? 0 }

    var requests: [Request] { state.withLock { $0.requests } }

    var connections: Int { state.withLock { $0.connections } }

    var openConnections: Int { state.withLock { $0.open.count { $0.isOpen } } }

    func stop() async throws {
        try await server.close()
        for connection in state.withLock({ $0.open }) { await connection.closed() }
    }

    private func add(_ connection: Connection) -> Int {
        state.withLock { state in
            state.connections += 1
            state.open.append(connection)
            return state.connections
        }
    }

    private final class Box: Sendable {
        private let value = Mutex<RawUpstream?>(nil)

        var upstream: RawUpstream? {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }
}

/// Reads requests with `Content-Length` or in chunks, as well as a test needs it.
private final class RequestReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Int
    private let take: (RawUpstream.Request) -> Void
    private var text = ""

    init(_ connection: Int, _ take: @escaping (RawUpstream.Request) -> Void) {
        self.connection = connection
        self.take = take
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        while let request = next() { take(request) }
    }

    private func next() -> RawUpstream.Request? {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        var lines = text[..<end.lowerBound].split(separator: "\r\n")
        let line = String(lines.removeFirst())
        let fields = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: parts[0].lowercased(), value: String(parts[1].drop { $0 == " " }))
        }
        var rest = text[end.upperBound...]
        var body = ""
        if fields.contains(where: { $0.name == "transfer-encoding" }) {
            while true {
                guard let line = rest.firstRange(of: "\r\n"), let size = Int(rest[..<line.lowerBound], radix: 16) else { return nil }
                guard rest[line.upperBound...].utf8.count >= size + 2 else { return nil }
                body += String(rest[line.upperBound...].utf8.prefix(size)) ?? ""
                rest = Substring(rest[line.upperBound...].utf8.dropFirst(size + 2))
                if size == 0 { break }
            }
        } else {
            let size = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
            guard rest.utf8.count >= size else { return nil }
            body = String(rest.utf8.prefix(size)) ?? ""
            rest = Substring(rest.utf8.dropFirst(size))
        }
        text = String(rest)
        return RawUpstream.Request(line: line, fields: fields, body: body, connection: connection)
    }
}
