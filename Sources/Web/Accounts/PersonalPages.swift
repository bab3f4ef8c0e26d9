public import ContentCoding
public import Identity
public import NIOCore
public import PageCache
import Site

/// Puts the menu of whoever is signed in into pages that are the same for everybody.
///
/// Who it is, is asked for every request; pages without the gap and menus are made once and kept. Nothing that has
/// both is kept anywhere.
public final class PersonalPages: Sendable {
    let site: PublishedSite
    let accounts: Accounts
    let cookie: SessionCookie
    private let menus = AccountMenus()
    private let shells = PageShells()

    /// - Parameter site: its origin decides the cookie's name.
    public init(site: PublishedSite, accounts: Accounts) {
        self.site = site
        self.accounts = accounts
        cookie = SessionCookie(origin: site.current.site.settings.origin)
    }

    /// `page` for `bearer`.
    ///
    /// - Parameter address: of a page that is kept for everybody; `nil` for one that was made for this request.
    func answer(_ page: ByteBuffer, at address: String?, for bearer: SessionBearer, _ accepted: AcceptedCodings) -> Answer {
        let menu = menus.menu(name: bearer.name, isAdmin: bearer.role == .admin, in: site.current)
        guard let address else {
            guard let (before, after) = PageShell.parts(of: page) else { return Answer(coding: nil, parts: [page]) }
            return Answer(coding: nil, parts: [before, menu.text, after])
        }
        guard let shell = shells.shell(page, at: address) else { return Answer(coding: nil, parts: [page]) }
        return Answer(shell, menu, accepted)
    }

    /// A body, in the order in which it is sent.
    struct Answer {
        let coding: ContentCoding?
        let parts: [ByteBuffer]

        init(coding: ContentCoding?, parts: [ByteBuffer]) {
            self.coding = coding
            self.parts = parts
        }

        init(_ shell: PageShell, _ menu: AccountMenu, _ accepted: AcceptedCodings) {
            coding = accepted.best { $0 == .gzip && shell.hasGzip(menu) }
            parts = shell.body(menu, isGzip: coding == .gzip)
        }

        var length: Int { parts.reduce(0) { $0 + $1.readableBytes } }

        /// In one piece.
        var body: ByteBuffer {
            guard parts.count > 1 else { return parts.first ?? ByteBuffer() }
            var whole = ByteBuffer()
            whole.reserveCapacity(length)
            for part in parts { whole.writeImmutableBuffer(part) }
            return whole
        }
    }

    /// The whole answer with `page` for whoever sends `cookies`, where it can be given at once: the person is known, menu
    /// and page have been asked for before. `nil` where the router has to answer. For event loops.
    ///
    /// - Parameter cookies: the request's only `Cookie` field.
    /// - Returns: the head from its first line up to the fields that all answers of the site have, and the body's parts.
    public func readyAnswer(
        _ page: PreparedResponse, at address: String, cookies: String, _ accepted: AcceptedCodings
    ) -> (head: ByteBuffer, body: [ByteBuffer])? {
        guard let token = cookie.token([cookies]), let bearer = accounts.knownBearer(token),
            let menu = menus.known(name: bearer.name, isAdmin: bearer.role == .admin, in: site.current),
            let shell = shells.known(page.identity.body, at: address)
        else { return nil }
        let answer = Answer(shell, menu, accepted)
        var head = ByteBuffer()
        head.reserveCapacity(512)
        head.writeString("HTTP/1.1 200 OK\r\ncontent-type: ")
        head.writeString(page.contentType)
        head.writeString("\r\ncontent-length: ")
        head.writeString(String(answer.length))
        if let coding = answer.coding {
            head.writeString("\r\ncontent-encoding: ")
            head.writeString(coding.rawValue)
        }
        head.writeString("\r\ncache-control: private, no-store\r\nvary: ")
        head.writeString(page.vary ?? "Accept-Encoding")
        if let link = page.link {
            head.writeString("\r\nlink: ")
            head.writeString(link)
        }
        head.writeString("\r\ncache-status: ")
        head.writeString(CacheStatus.hit.field)
        head.writeString("\r\n")
        return (head, answer.parts)
    }
}
