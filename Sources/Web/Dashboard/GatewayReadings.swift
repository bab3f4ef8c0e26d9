import Gateway
import JSON
import NIOCore

/// What pages ask the gateway for, each with a short patience: a page that is not complete is better than none.
struct GatewayReadings: Sendable {
    let link: GatewayLink

    private static let patience = TimeAmount.seconds(5)

    func agents() async -> Result<AgentsView, GatewayProblem> { await read("agents.list", keptFor: .seconds(10), AgentsView.init) }

    func sessions() async -> Result<[SessionView], GatewayProblem> {
        await read("sessions.list", ["limit": 200, "includeDerivedTitles": true, "includeLastMessage": true], keptFor: .seconds(2), SessionView.list)
    }

    func channels() async -> Result<[ChannelView], GatewayProblem> { await read("channels.status", keptFor: .seconds(3), ChannelView.list) }

    func jobs() async -> Result<[JobView], GatewayProblem> {
        await read("cron.list", ["limit": 200, "enabled": "all"], keptFor: .seconds(2), JobView.list)
    }

    func history(_ session: String) async -> Result<ChatHistoryView, GatewayProblem> {
        await read("chat.history", ["sessionKey": .string(session), "limit": .integer(ChatHistoryView.mostMessages)], ChatHistoryView.init)
    }

    func logs() async -> Result<LogsView, GatewayProblem> {
        await read("logs.tail", ["limit": 500, "maxBytes": 250_000], keptFor: .seconds(2), LogsView.init)
    }

    private func read<View>(
        _ method: String, _ params: JSONValue = [:], keptFor life: Duration = .zero, _ decode: (JSONValue) -> View
    ) async -> Result<View, GatewayProblem> {
        do throws(GatewayProblem) {
            return .success(decode(try await link.call(method, params, keptFor: life, within: Self.patience)))
        } catch {
            return .failure(error)
        }
    }

    // MARK: What changes something

    /// - Returns: the name of the answer that is being written, where the gateway tells it.
    func send(_ message: String, to session: String, id: String) async throws(GatewayProblem) -> String? {
        let params: JSONValue = ["sessionKey": .string(session), "message": .string(message), "idempotencyKey": .string(id)]
        return try await link.call("chat.send", params, within: Self.patience)["runId"]?.words(200)
    }

    func stop(_ run: String?, in session: String) async throws(GatewayProblem) {
        var params: [String: JSONValue] = ["sessionKey": .string(session)]
        params["runId"] = run.map { .string($0) }
        _ = try await link.call("chat.abort", .object(params), within: Self.patience)
    }

    func set(_ channel: String, account: String?, running isRunning: Bool) async throws(GatewayProblem) {
        var params: [String: JSONValue] = ["channel": .string(channel)]
        params["accountId"] = account.map { .string($0) }
        _ = try await link.call(isRunning ? "channels.start" : "channels.stop", .object(params), within: Self.patience)
    }

    func run(job id: String) async throws(GatewayProblem) {
        _ = try await link.call("cron.run", ["id": .string(id), "mode": "force"], within: Self.patience)
    }
}
