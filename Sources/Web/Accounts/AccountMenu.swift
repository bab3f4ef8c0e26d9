import ContentCoding
import NIOCore
import Rendering
import Site
import Synchronization

/// The part of a page's header that is for one person.
struct AccountMenu: Sendable {
    let text: ByteBuffer
    /// `nil` only where there is no memory for it.
    let piece: GzipShell.Piece?

    init(_ text: String) {
        self.text = ByteBuffer(string: text)
        piece = GzipShell.Piece(text.utf8)
    }
}

/// Menus as the templates of the public edition make them, made once for each name.
final class AccountMenus: Sendable {
    private struct Key: Hashable {
        let name: String
        let isAdmin: Bool
    }

    private struct State {
        /// Of the edition whose templates made them.
        var edition: Digest?
        var menus: [Key: AccountMenu] = [:]
    }

    private let state = Mutex(State())
    /// Beyond, it begins anew. A menu takes about 2 kB.
    private static let capacity = 2_000

    /// `nil` where it has to be made.
    func known(name: String, isAdmin: Bool, in edition: Edition) -> AccountMenu? {
        state.withLock { $0.edition == edition.manifest.digest ? $0.menus[Key(name: name, isAdmin: isAdmin)] : nil }
    }

    func menu(name: String, isAdmin: Bool, in edition: Edition) -> AccountMenu {
        if let known = known(name: name, isAdmin: isAdmin, in: edition) { return known }
        let menu = AccountMenu(edition.documents.accountMenu(name: name, isAdmin: isAdmin))
        state.withLock { state in
            if state.edition != edition.manifest.digest || state.menus.count >= Self.capacity {
                state.edition = edition.manifest.digest
                state.menus.removeAll(keepingCapacity: true)
            }
            state.menus[Key(name: name, isAdmin: isAdmin)] = menu
        }
        return menu
    }
}
