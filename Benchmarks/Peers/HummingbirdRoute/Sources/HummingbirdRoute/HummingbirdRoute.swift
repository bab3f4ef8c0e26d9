import FoundationEssentials
import Hummingbird
import Logging
import NIOCore

/// One page from memory by one route: what Hummingbird's router and codec cost with nothing else.
///
///     HummingbirdRoute PORT PATH FILE
///
/// `FILE` is the page, `FILE.gz` the same compressed.
@main
struct HummingbirdRoute {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let port = Int(arguments[1]) else {
            fatalError("usage: HummingbirdRoute PORT PATH FILE")
        }
        let plain = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: arguments[3])))
        let compressed = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: arguments[3] + ".gz")))

        let router = Router()
        router.get(RouterPath(arguments[2])) { request, _ in
            var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .vary: "Accept-Encoding"]
            guard request.headers[.acceptEncoding]?.contains("gzip") == true else {
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: plain))
            }
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: compressed))
        }
        var logger = Logger(label: "HummingbirdRoute")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
