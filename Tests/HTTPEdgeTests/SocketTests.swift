import HTTPEdge
import NIOCore
import NIOPosix
import NIOWebSocket
import Synchronization
import TestSupport
import Testing

@Suite struct SocketTests {
    private static let opening =
        "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    /// `hi` in one masked text frame; the mask is 0.
    private static let frame = [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69] as [UInt8]

    @Test(arguments: ["", "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    func `a connection becomes a socket, also after ordinary requests, and frames that come with the opening are not lost`(before: String)
        async throws
    {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.exchange(Array((before + Self.opening).utf8) + Self.frame, until: [0x81, 0x02, 0x68, 0x69])
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.contains("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(text.lowercased().contains("\r\nupgrade: websocket\r\n"))
            #expect(text.lowercased().contains("\r\nconnection: upgrade\r\n"))
            #expect(!text.lowercased().contains("content-length: 0"))
            #expect(answer.suffix(4) == [0x81, 0x02, 0x68, 0x69])
        }
    }

    @Test func `an idle socket outlives the deadlines of requests`() async throws {
        var limits = EdgeLimits()
        limits.idleDeadline = .milliseconds(50)
        limits.headDeadline = .milliseconds(50)
        try await LoopbackEdge.run(limits: limits) { edge in
            let answer = try await edge.exchange(
                Array(Self.opening.utf8), thenAfter: .milliseconds(300), Self.frame, until: [0x81, 0x02, 0x68, 0x69])
            #expect(answer.suffix(4) == [0x81, 0x02, 0x68, 0x69])
        }
    }

    @Test func `an upgrade that nobody offers is an ordinary request, and the connection ends behind it`() async throws {
        try await LoopbackEdge.run { edge in
            let answer = try await edge.send(Self.opening.replacing("/socket", with: "/hello"))
            #expect(answer.status == 200)
            #expect(answer.header("Connection") == "close")
        }
    }

    @Test func `Connection: upgrade without an Upgrade keeps the connection`() async throws {
        try await LoopbackEdge.run { edge in
            let request = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n\r\n"
            let answer = try await edge.exchange(Array((request + request).utf8), until: Array("hello".utf8), times: 2)
            #expect(!String(decoding: answer, as: UTF8.self).lowercased().contains("connection: close"))
        }
    }

    @Test func `a socket ends when the server stops, or its client closes half of it`() async throws {
        try await LoopbackEdge.run { edge in
            _ = try await edge.exchange(Array(Self.opening.utf8), until: Array("\r\n\r\n".utf8))
            try await edge.wait { $0 == 0 }
        }
    }

    @Test(arguments: [true, false])
    func `the site hears of a client that leaves before its answer`(closesHalf: Bool) async throws {
        let departures = Mutex(0)
        try await LoopbackEdge.run(onDeparture: { departures.withLock { $0 += 1 } }) { edge in
            try await edge.leave(after: "GET /watched HTTP/1.1\r\nHost: localhost\r\n\r\n", closesHalf: closesHalf)
            try await edge.wait { _ in departures.withLock { $0 } == 1 }
        }
    }
}
