import Site
import Synchronization

/// What many pages of the snapshot that was rendered last have in common: the navigation, and sidebars as all pages of a
/// group have them.
///
/// Made when a page needs them first. When there are many sidebars, they are begun anew, so that what is kept has a
/// bound. Any thread.
final class PreparedParts: Sendable {
    struct NavigationEntry: Sendable {
        let title: String
        let url: String
        let path: PagePath
    }

    private struct State {
        var snapshot: SiteSnapshot.Identity?
        var navigation: [NavigationEntry]?
        /// `nil`: a fragment cannot be prepared.
        var sidebars: [SidebarGroup: PreparedFragment?] = [:]
    }

    private let state = Mutex(State())

    /// Each lists 150 pages or so: a megabyte or two.
    private static let mostSidebars = 64

    func navigation(of site: SiteSnapshot, make: () -> [NavigationEntry]) -> [NavigationEntry] {
        if let known = state.withLock({ $0.snapshot === site.identity ? $0.navigation : nil }) { return known }
        let navigation = make()
        state.withLock { state in
            if state.snapshot !== site.identity { state = State(snapshot: site.identity) }
            state.navigation = navigation
        }
        return navigation
    }

    func sidebar(of group: SidebarGroup, in site: SiteSnapshot, make: () -> PreparedFragment?) -> PreparedFragment? {
        let known: PreparedFragment?? = state.withLock { $0.snapshot === site.identity ? $0.sidebars[group] : nil }
        if let known { return known }
        let fragment = make()
        state.withLock { state in
            if state.snapshot !== site.identity { state = State(snapshot: site.identity) }
            if state.sidebars.count >= Self.mostSidebars { state.sidebars = [:] }
            state.sidebars[group] = .some(fragment)
        }
        return fragment
    }
}
