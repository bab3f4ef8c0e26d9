import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// `landing healthcheck`
struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Asks the running server whether it lives; for supervisors and containers.",
        discussion: "Exit codes: 0 if /healthz answers 200 within the time, 1 otherwise.")

    @Option(help: "How many seconds to wait.")
    var timeout = 3

    func run() async throws {
        let settings = try Environment.settings()
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][settings.hostname] ?? settings.hostname
        do {
            let line = try await statusLine(host: host, port: settings.port)
            guard line.hasPrefix("HTTP/1.1 200") else {
                throw Environment.complain("http://\(host):\(settings.port)/healthz answered \(line)", exit: .failure)
            }
            Environment.write("ok\n")
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Environment.complain(
                "http://\(host):\(settings.port)/healthz does not answer: \(error); start the server, or set PORT and HOSTNAME as it has them",
                exit: .failure)
        }
    }

    private struct NoAnswer: Error, CustomStringConvertible {
        let description: String
    }

    /// The first line of the answer.
    private func statusLine(host: String, port: Int) async throws -> String {
        let limit = Duration.seconds(max(1, timeout))
        return try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await exchange(host: host, port: port) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw NoAnswer(description: "no answer within \(limit)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
    }

    private func exchange(host: String, port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(Int64(max(1, timeout))))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
            var head = ""
            for try await part in inbound {
                head += String(buffer: part)
                if let end = head.firstRange(of: "\r\n") { return String(head[..<end.lowerBound]) }
            }
            throw NoAnswer(description: "the connection was closed")
        }
    }
}
