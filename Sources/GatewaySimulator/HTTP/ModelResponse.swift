import JSON
import NIOCore

/// `POST /v1/responses`: one answer, as JSON or as a stream of typed events.
struct ModelResponse {
    let core: SimulatorCore
    let exchange: Exchange

    func answer() {
        let request: ChatRequest
        do throws(ChatRequest.Problem) { request = try ChatRequest(exchange.request, field: "input") } catch {
            return exchange.json(error.status, error.json)
        }
        core.calls.add("responses")
        let shape = Shape(id: "resp_\(core.ids.next())", item: "msg_\(core.ids.next())", created: core.now / 1_000, model: request.model)
        if request.isStream { stream(request, shape) } else { whole(request, shape) }
    }

    private func whole(_ request: ChatRequest, _ shape: Shape) {
        let exchange = exchange
        core.run(request, id: shape.id, on: exchange) { event in
            switch event {
            case .finished(let text): exchange.json(200, shape.response("completed", text, asked: request.message))
            case .failed: exchange.json(500, ["error": ["message": "internal error", "type": "api_error"]])
            case .aborted: exchange.drop()
            case .word: break
            }
        }
    }

    private func stream(_ request: ChatRequest, _ shape: Shape) {
        let exchange = exchange
        let stream = EventStream(exchange, core: core)
        func send(_ type: String, _ members: [String: JSONValue]) {
            stream.send(.object(members.merging(["type": .string(type)]) { $1 }), event: type)
        }
        let place: [String: JSONValue] = ["item_id": .string(shape.item), "output_index": 0, "content_index": 0]
        stream.begin()
        send("response.created", ["response": shape.response("in_progress", nil, asked: "")])
        send("response.in_progress", ["response": shape.response("in_progress", nil, asked: "")])
        send("response.output_item.added", ["output_index": 0, "item": shape.message("", status: "in_progress")])
        send("response.content_part.added", place.merging(["part": Shape.part("")]) { $1 })
        core.run(request, id: shape.id, on: exchange) { event in
            switch event {
            case .word(let word, _): send("response.output_text.delta", place.merging(["delta": .string(word)]) { $1 })
            case .finished(let text):
                send("response.output_text.done", place.merging(["text": .string(text)]) { $1 })
                send("response.content_part.done", place.merging(["part": Shape.part(text)]) { $1 })
                send("response.output_item.done", ["output_index": 0, "item": shape.message(text, status: "completed")])
                send("response.completed", ["response": shape.response("completed", text, asked: request.message)])
                stream.send("[DONE]")
                stream.end()
            case .failed(let message):
                let failed = shape.response("failed", nil, asked: request.message).object
                let error: JSONValue = ["code": "api_error", "message": .string(message)]
                send("response.failed", ["response": .object(failed.merging(["error": error]) { $1 })])
                stream.send("[DONE]")
                stream.end()
            case .aborted: exchange.drop()
            }
        }
    }

    /// The forms of one answer.
    private struct Shape: Sendable {
        let id: String
        let item: String
        let created: Int
        let model: String

        static func part(_ text: String) -> JSONValue { ["type": "output_text", "text": .string(text)] }

        func message(_ text: String, status: String) -> JSONValue {
            [
                "type": "message", "id": .string(item), "role": "assistant", "status": .string(status),
                "content": text.isEmpty ? [] : [Self.part(text)],
            ]
        }

        func response(_ status: String, _ text: String?, asked: String) -> JSONValue {
            let input = 900 + asked.utf8.count / 4
            let output = (text ?? "").utf8.count / 4
            return [
                "id": .string(id), "object": "response", "created_at": .integer(created), "status": .string(status), "model": .string(model),
                "output": text.map { [message($0, status: "completed")] } ?? [],
                "usage": ["input_tokens": .integer(input), "output_tokens": .integer(output), "total_tokens": .integer(input + output)],
            ]
        }
    }
}
