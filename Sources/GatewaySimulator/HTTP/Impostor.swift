import JSON
import NIOHTTP1

/// Answers as the Express program of the older stack, which shares nothing with the gateway but its port.
struct Impostor {
    let exchange: Exchange

    private static let by = [("X-Powered-By", "Express")]

    func answer() {
        let request = exchange.request
        if request.isUpgrade { return exchange.drop() }
        switch (request.method, request.path) {
        case (.GET, "/health"), (.HEAD, "/health"):
            exchange.json(
                200,
                [
                    "status": "healthy", "service": "openclaw-devops-gateway", "version": "1.0.0", "uptime": 4_711,
                    "timestamp": "2026-02-08T12:00:00.000Z",
                ], headers: Self.by)
        case (.GET, "/"):
            exchange.json(200, ["name": "OpenClaw DevOps Gateway", "version": "1.0.0", "status": "running"], headers: Self.by)
        case (.GET, "/api/services/list"): exchange.json(200, ["services": []], headers: Self.by)
        default:
            exchange.html(
                404,
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <title>Error</title>
                </head>
                <body>
                <pre>Cannot \(request.method.rawValue) \(Self.escaped(String(request.path)))</pre>
                </body>
                </html>

                """, headers: Self.by)
        }
    }

    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "<" ? Array("&lt;") : $0 == "&" ? Array("&amp;") : [$0] })
    }
}
