import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import Rendering
import Site

/// Puts the menu of whoever is signed in into pages that are the same for everybody, and keeps other sites' pages from
/// having a browser do something with its session.
struct PersonalMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let site: PublishedSite
    let gatekeeper: Gatekeeper

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        guard gatekeeper.cookie.isSent(request) else { return try await next(request, context) }
        var context = context
        context.mayBePersonal = true
        var response = try await next(request, context)
        // What was made for one person has the menu already.
        guard response.headers[.cacheControl]?.contains("private") != true, response.headers[.contentType]?.hasPrefix("text/html") == true
        else { return response }
        let visitor: Accounts.Visitor?
        do {
            visitor = try await gatekeeper.visitor(request, context)
        } catch let outage as StoreUnavailable {
            // Public pages need no store; whoever is signed in sees them as everybody does.
            context.logger.debug("Shown without a name: \(outage)")
            return response
        }
        guard let visitor else {
            // What the browser sends has ended. It keeps it: by now, another tab may have begun another session.
            response.headers[.cacheControl] = "no-store"
            return response
        }
        let collector = BodyCollector()
        try await response.body.write(collector)
        let menu = site.current.documents.accountMenu(name: visitor.user.name, isAdmin: visitor.user.role == .admin)
        response.body = ResponseBody(byteBuffer: Self.exchange(collector.buffer, for: menu))
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.eTag] = nil
        return response
    }

    private static let begin = Array("<!--account-->".utf8)
    private static let end = Array("<!--/account-->".utf8)

    /// `page` with `menu` in the place that its marks enclose; as it is where it has none.
    static func exchange(_ page: ByteBuffer, for menu: String) -> ByteBuffer {
        let bytes = page.readableBytesUInt8Span
        guard let start = position(of: begin, in: bytes, from: 0), let stop = position(of: end, in: bytes, from: start + begin.count) else {
            return page
        }
        var result = ByteBuffer()
        result.reserveCapacity(page.readableBytes + menu.utf8.count)
        for part in [0..<start + begin.count, stop..<page.readableBytes] {
            if part.lowerBound > 0 { result.writeString(menu) }
            if let slice = page.getSlice(at: page.readerIndex + part.lowerBound, length: part.count) { result.writeImmutableBuffer(slice) }
        }
        return result
    }

    /// The library's search takes longer than all else that the page costs.
    private static func position(of mark: [UInt8], in bytes: Span<UInt8>, from: Int) -> Int? {
        var index = from
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0] {
                var length = 1
                while length < mark.count, bytes[index + length] == mark[length] { length += 1 }
                if length == mark.count { return index }
            }
            index += 1
        }
        return nil
    }
}
