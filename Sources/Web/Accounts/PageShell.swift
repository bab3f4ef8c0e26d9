import ContentCoding
import NIOCore
import Synchronization

/// A page that is the same for everybody, with the gap in it where a person's menu goes.
final class PageShell: Sendable {
    /// As everybody gets it.
    let page: ByteBuffer
    /// Up to the menu, its opening mark included.
    let before: ByteBuffer
    let after: ByteBuffer
    /// Of the stream that goes around a menu; `nil` where there is no memory for it.
    let gzip: (stream: GzipShell, before: ByteBuffer, after: ByteBuffer)?

    private static let begin = Array("<!--account-->".utf8)
    private static let end = Array("<!--/account-->".utf8)

    /// `nil` where the page has no place for a menu. Compresses it, which takes about a millisecond.
    init?(_ page: ByteBuffer) {
        guard let (before, after) = Self.parts(of: page) else { return nil }
        (self.page, self.before, self.after) = (page, before, after)
        gzip = GzipShell(before: before.readableBytesView, after: after.readableBytesView).map {
            ($0, ByteBuffer(bytes: $0.before), ByteBuffer(bytes: $0.after))
        }
    }

    /// Bytes of memory.
    var size: Int { page.readableBytes + (gzip.map { 2 * ($0.before.readableBytes + $0.after.readableBytes) } ?? 0) + 512 }

    /// What stands before and behind the menu; `nil` where the page has no place for one.
    static func parts(of page: ByteBuffer) -> (before: ByteBuffer, after: ByteBuffer)? {
        let bytes = page.readableBytesUInt8Span
        guard let start = position(of: begin, in: bytes, from: 0), let stop = position(of: end, in: bytes, from: start + begin.count),
            let before = page.getSlice(at: page.readerIndex, length: start + begin.count),
            let after = page.getSlice(at: page.readerIndex + stop, length: page.readableBytes - stop)
        else { return nil }
        return (before, after)
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

    /// The body with `menu` in its gap, in parts; what is made once is not copied.
    func body(_ menu: AccountMenu, isGzip: Bool) -> [ByteBuffer] {
        guard isGzip, let gzip, let piece = menu.piece else { return [before, menu.text, after] }
        var middle = ByteBuffer()
        middle.reserveCapacity(piece.bytes.count)
        middle.writeBytes(piece.bytes)
        return [gzip.before, middle, gzip.after, ByteBuffer(bytes: gzip.stream.trailer(around: piece))]
    }

    /// Whether ``body(_:isGzip:)`` has such a form.
    func hasGzip(_ menu: AccountMenu) -> Bool { gzip != nil && menu.piece != nil }
}

/// Shells of the pages that people who are signed in have asked for, by address.
final class PageShells: Sendable {
    private struct State {
        var shells: [String: PageShell] = [:]
        var size = 0
    }

    private let state = Mutex(State())
    /// Bytes; beyond, it begins anew.
    private static let capacity = 32 << 20

    /// The one of exactly these bytes; `nil` where it has to be made.
    func known(_ page: ByteBuffer, at address: String) -> PageShell? {
        guard let shell = state.withLock({ $0.shells[address] }), shell.page == page else { return nil }
        return shell
    }

    /// `nil` where the page has no place for a menu.
    func shell(_ page: ByteBuffer, at address: String) -> PageShell? {
        if let known = known(page, at: address) { return known }
        guard let shell = PageShell(page) else { return nil }
        state.withLock { state in
            let old = state.shells[address]?.size ?? 0
            if state.size - old + shell.size > Self.capacity {
                state.shells.removeAll()
                state.size = 0
            } else {
                state.size -= old
            }
            state.shells[address] = shell
            state.size += shell.size
        }
        return shell
    }
}
