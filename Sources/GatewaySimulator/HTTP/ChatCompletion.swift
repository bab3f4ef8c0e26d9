import JSON
import NIOCore

/// `POST /v1/chat/completions`: one answer, as JSON or as a stream without heartbeat.
struct ChatCompletion {
    let core: SimulatorCore
    let exchange: Exchange

    func answer() {
        let request: ChatRequest
        do throws(ChatRequest.Problem) { request = try ChatRequest(exchange.request, field: "messages") } catch {
            return exchange.json(error.status, error.json)
        }
        core.calls.add("chat.completions")
        let id = "chatcmpl_\(core.ids.next())"
        let shape = Shape(id: id, created: core.now / 1_000, model: request.model)
        if request.isStream { stream(request, shape) } else { whole(request, shape) }
    }

    private func whole(_ request: ChatRequest, _ shape: Shape) {
        let exchange = exchange
        core.run(request, id: shape.id, on: exchange) { event in
            switch event {
            case .finished(let text): exchange.json(200, shape.completion(text.isEmpty ? "No response from OpenClaw." : text, asked: request.message))
            case .failed: exchange.json(500, ["error": ["message": "internal error", "type": "api_error"]])
            case .aborted: exchange.drop()
            case .word: break
            }
        }
    }

    private func stream(_ request: ChatRequest, _ shape: Shape) {
        let exchange = exchange
        let stream = EventStream(exchange, core: core)
        stream.begin()
        stream.send(shape.chunk(["role": "assistant"]))
        core.run(request, id: shape.id, on: exchange) { event in
            switch event {
            case .word(let word, _): stream.send(shape.chunk(["content": .string(word)]))
            case .finished(let text):
                stream.send(shape.chunk([:], finish: "stop"))
                if request.wantsUsage { stream.send(shape.usageChunk(Shape.usage(asked: request.message, answered: text))) }
                stream.send("[DONE]")
                stream.end()
            case .failed(let message):
                stream.send(["error": ["message": .string(message), "type": "api_error"]])
                stream.send("[DONE]")
                stream.end()
            case .aborted: exchange.drop()
            }
        }
    }

    /// The forms of one answer.
    private struct Shape: Sendable {
        let id: String
        let created: Int
        let model: String

        func chunk(_ delta: JSONValue, finish: String? = nil) -> JSONValue {
            [
                "id": .string(id), "object": "chat.completion.chunk", "created": .integer(created), "model": .string(model),
                "choices": [["index": 0, "delta": delta, "finish_reason": finish.map { .string($0) } ?? .null]],
            ]
        }

        func usageChunk(_ usage: JSONValue) -> JSONValue {
            [
                "id": .string(id), "object": "chat.completion.chunk", "created": .integer(created), "model": .string(model), "choices": [],
                "usage": usage,
            ]
        }

        func completion(_ text: String, asked: String) -> JSONValue {
            [
                "id": .string(id), "object": "chat.completion", "created": .integer(created), "model": .string(model),
                "choices": [["index": 0, "message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]],
                "usage": Self.usage(asked: asked, answered: text),
            ]
        }

        static func usage(asked: String, answered: String) -> JSONValue {
            let input = 900 + asked.utf8.count / 4
            let output = answered.utf8.count / 4
            return ["prompt_tokens": .integer(input), "completion_tokens": .integer(output), "total_tokens": .integer(input + output)]
        }
    }
}

extension SimulatorCore {
    /// Lets an agent answer on an exchange; a caller that goes away ends it.
    ///
    /// - Parameter onEvent: called on the loop of the exchange, and not once its caller is gone.
    func run(_ request: ChatRequest, id: String, on exchange: Exchange, _ onEvent: @escaping (SimulatedRun.Event) -> Void) {
        let bound = NIOLoopBound((exchange, onEvent), eventLoop: exchange.loop)
        let key = request.sessionKey
        let run = SimulatedRun(
            id: id, sessionKey: key ?? "", agentID: request.agent.id, reply: Reply(to: request.message, from: request.agent.name),
            wordPause: configuration.wordPause, loop: exchange.loop
        ) { [self] event in
            let (exchange, onEvent) = bound.value
            switch event {
            case .word: break
            case .finished(let text): close(id, key, text, "done")
            case .aborted(let text): close(id, key, text, "killed")
            case .failed: close(id, key, "", "failed")
            }
            if !exchange.isGone { onEvent(event) }
        }
        // Its id is new.
        _ = runs.add(run)
        beginRun(sessionKey: key, runID: id, message: request.message)
        exchange.onGone = { run.abort() }
        run.start()
    }

    private func close(_ id: String, _ key: String?, _ text: String, _ status: String) {
        runs.remove(id)
        endRun(sessionKey: key, runID: id, answer: text, status: status)
    }
}
