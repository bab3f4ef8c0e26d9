import ContentCoding
import Site
import Synchronization

/// The HTML of notes, by the digest of what it was made from: a page that is made anew, since its template, a list on it or
/// the title of another page has changed, or since it was not asked for in a while, need not have its Markdown read again.
///
/// Packed, and bounded: what was not asked for longest goes first. Any thread.
final class KeptBodies: Sendable {
    private struct Entry {
        let html: PackedText
        /// All but the HTML.
        let frame: PageBody
        var use: Int

        var size: Int { html.bytes.count + 256 }
    }

    private struct State {
        var entries: [Digest: Entry] = [:]
        var size = 0
        var uses = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: bytes, packed; default 8 MiB, some thousand notes.
    init(capacity: Int = 8 << 20) { self.capacity = capacity }

    /// - Parameter make: makes the body where it is not kept; twice where two ask at once.
    func body(for digest: Digest, make: () -> PageBody) -> PageBody {
        let known = state.withLock { state -> Entry? in
            state.uses += 1
            state.entries[digest]?.use = state.uses
            return state.entries[digest]
        }
        if let known { return known.frame.with(html: known.html.text) }
        let body = make()
        let entry = Entry(html: PackedText(Array(body.html.utf8)), frame: body.with(html: ""), use: 0)
        guard entry.size <= capacity / 4 else { return body }
        state.withLock { state in
            state.uses += 1
            state.size += entry.size - (state.entries[digest]?.size ?? 0)
            state.entries[digest] = entry
            state.entries[digest]?.use = state.uses
            if state.size > capacity { evict(&state) }
        }
        return body
    }

    /// Until a tenth is free, so that not every note pays for it.
    private func evict(_ state: inout State) {
        for (digest, entry) in state.entries.sorted(by: { $0.value.use < $1.value.use }) {
            guard state.size > capacity / 10 * 9 else { return }
            state.entries[digest] = nil
            state.size -= entry.size
        }
    }
}
