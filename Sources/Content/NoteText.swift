import ContentCoding
import Synchronization

/// The text of a note, which is needed again when its page is rendered; all texts together are most of what a site holds.
///
/// As it was read until somebody has the time to pack it: packing is a tenth of reading a note, and nobody waits for it.
/// Any thread.
final class NoteText: Sendable {
    private enum State {
        case plain(Substring)
        case packed(PackedText)
    }

    private let state: Mutex<State>

    init(plain: Substring) { state = Mutex(.plain(plain)) }

    init(packed: PackedText) { state = Mutex(.packed(packed)) }

    var plain: String {
        switch state.withLock({ $0 }) {
        case .plain(let text): String(text)
        case .packed(let packed): packed.text
        }
    }

    /// Packs it where it is not, for good.
    var packed: PackedText {
        switch state.withLock({ $0 }) {
        case .packed(let packed): return packed
        case .plain(let text):
            var text = text
            let packed = PackedText(text.withUTF8 { Array($0) })
            state.withLock { $0 = .packed(packed) }
            return packed
        }
    }
}
