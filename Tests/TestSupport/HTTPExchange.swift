import NIOCore
import NIOPosix

/// One request on a connection of its own, as bytes, and what came back.
public struct HTTPExchange: Sendable {
    public let status: Int
    public let head: String
    public let bytes: [UInt8]

    /// All that came, whatever it was.
    public var text: String { head + (bytes.isEmpty ? "" : "\r\n\r\n") + body }

    public var body: String { String(decoding: bytes, as: UTF8.self) }

    /// The first field of that name.
    public func header(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else { continue }
            return String(line[line.index(after: colon)...].drop(while: \.isWhitespace))
        }
        return nil
    }

    /// Sends a request with `Connection: close` and reads until the server closes.
    public static func send(
        _ method: String = "GET", _ target: String, port: Int, headers: [String: String] = [:], body: String = ""
    ) async throws -> HTTPExchange {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
        return try await raw(text + "\r\n" + body, port: port)
    }

    /// Sends `text` as it is and reads until the server closes, or has sent `end`.
    ///
    /// - Parameter halfCloses: says after `text` that nothing more will be sent.
    public static func raw(_ text: String, port: Int, until end: String? = nil, halfCloses: Bool = false) async throws -> HTTPExchange {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        let received = try await channel.executeThenClose { inbound, outbound in
            // A server may answer and close before it has read anything; what it said still counts.
            try? await outbound.write(ByteBuffer(string: text))
            if halfCloses { outbound.finish() }
            var received: [UInt8] = []
            for try await part in inbound {
                received += part.readableBytesView
                if let end, received.firstRange(of: Array(end.utf8)) != nil { break }
            }
            return received
        }
        return HTTPExchange(received)
    }

    init(_ received: [UInt8]) {
        let end = received.firstRange(of: Array("\r\n\r\n".utf8))
        head = String(decoding: received[..<(end?.lowerBound ?? received.count)], as: UTF8.self)
        bytes = end.map { Array(received[$0.upperBound...]) } ?? []
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
