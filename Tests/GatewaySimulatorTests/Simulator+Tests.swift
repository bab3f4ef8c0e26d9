import GatewaySimulator
import JSON
import TestSupport

extension GatewaySimulator {
    /// Runs with the token `secret`, quick words and nothing that happens by itself, until the test is over.
    static func run<Result>(
        _ change: (inout Configuration) -> Void = { _ in }, _ test: (GatewaySimulator) async throws -> Result
    ) async throws -> Result {
        var configuration = Configuration()
        configuration.token = "secret"
        configuration.wordPause = .milliseconds(1)
        configuration.happening = nil
        change(&configuration)
        let simulator = try await start(configuration)
        do {
            let result = try await test(simulator)
            await simulator.stop()
            return result
        } catch {
            await simulator.stop()
            throw error
        }
    }

    func get(_ path: String, _ headers: [String: String] = ["Authorization": "Bearer secret"]) async throws -> HTTPExchange {
        try await HTTPExchange.send("GET", path, port: port, headers: headers)
    }

    func post(_ path: String, _ body: JSONValue, token: String = "secret") async throws -> HTTPExchange {
        try await HTTPExchange.send("POST", path, port: port, headers: ["Authorization": "Bearer \(token)"], body: body.text)
    }
}

extension HTTPExchange {
    var json: JSONValue? { try? JSONValue(parsing: bytes) }
}

extension JSONValue {
    /// A body of `/v1/chat/completions`.
    static func chat(_ message: String, stream: Bool = true) -> JSONValue {
        ["model": "openclaw", "stream": .bool(stream), "messages": [["role": "user", "content": .string(message)]]]
    }

    /// That of `hello-ok` or of a refusal.
    var code: String? { self["error"]?["details"]?["code"]?.string }
}
