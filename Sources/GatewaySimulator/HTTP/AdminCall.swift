import JSON
import NIOCore

/// `POST /api/v1/admin/rpc`.
struct AdminCall {
    let core: SimulatorCore
    let exchange: Exchange

    func answer() {
        // What is wrong with it does not matter.
        guard let body = try? JSONValue(parsing: exchange.request.body), case .object = body else {
            return refuse(nil, .invalid("invalid JSON body"))
        }
        let id = body["id"]
        guard let method = body["method"]?.string, !method.isEmpty else { return refuse(id, .invalid("method required")) }
        do throws(MethodProblem) {
            let answer = try core.answer(method, body["params"] ?? [:], scopes: .owner, over: .both)
            let exchange = exchange
            let payload: JSONValue = ["id": id ?? .null, "ok": true, "payload": answer.payload]
            exchange.loop.assumeIsolated().scheduleTask(in: TimeAmount(answer.delay)) { exchange.json(200, payload) }
        } catch {
            refuse(id, error)
        }
    }

    private func refuse(_ id: JSONValue?, _ problem: MethodProblem) {
        exchange.json(problem.status, ["id": id ?? .null, "ok": false, "error": problem.json])
    }
}
