import ContentCoding
import Synchronization

/// The text of a note, which is needed again when its page is rendered; all texts together are most of what a site holds.
///
/// As it was read until somebody has the time to pack it: packing is a tenth of reading a note, and nobody waits for it.
/// Any thread.
final class NoteText: Sendable {
    private enum State {
        /// UTF-8.
        case plain([UInt8])
        case packed(PackedText)
    }

    private let state: Mutex<State>

    /// - Parameter plain: the text's UTF-8.
    init(plain: [UInt8]) { state = Mutex(.plain(plain)) }

    init(packed: PackedText) { state = Mutex(.packed(packed)) }

    var text: String {
        switch state.withLock({ $0 }) {
        case .plain(let bytes): String(decoding: bytes, as: UTF8.self)
        case .packed(let packed): packed.text
        }
    }

    /// Packs it where it is not, for good.
    var packed: PackedText {
        switch state.withLock({ $0 }) {
        case .packed(let packed): return packed
        case .plain(let bytes):
            let packed = PackedText(bytes)
            state.withLock { $0 = .packed(packed) }
            return packed
        }
    }
}
