import CZstd
import Synchronization

/// Zstandard (RFC 8878).
enum ZstandardEncoder {
    static func encode(_ input: [UInt8], level: Int32) -> [UInt8]? {
        let bound = ZSTD_compressBound(input.count)
        let workspace = Workspace.take(level)
        defer { workspace?.giveBack() }
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            let size = unsafe input.withUnsafeBufferPointer { input in
                guard let workspace else { return unsafe ZSTD_compress(output.baseAddress, bound, input.baseAddress, input.count, level) }
                return unsafe ZSTD_compressCCtx(workspace.context, output.baseAddress, bound, input.baseAddress, input.count, level)
            }
            count = ZSTD_isError(size) == 0 ? size : 0
        }.nonEmpty
    }
}

/// What the encoder works in: a megabyte, which to get from the system anew takes as long as to encode a note.
@safe private final class Workspace: Sendable {
    fileprivate nonisolated(unsafe) let context: OpaquePointer

    private static let idle = Mutex<[Workspace]>([])
    private static let mostIdle = 2
    /// Those above it take much more room, and are for what is done once.
    private static let quickestLevels: Int32 = 3

    private init?() {
        guard let context = unsafe ZSTD_createCCtx() else { return nil }
        unsafe self.context = unsafe context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// One that nobody else has, until it is given back; `nil` where none is worth it.
    static func take(_ level: Int32) -> Workspace? {
        guard level <= quickestLevels else { return nil }
        return idle.withLock { $0.popLast() } ?? Workspace()
    }

    func giveBack() {
        Self.idle.withLock { idle in
            if idle.count < Self.mostIdle { idle.append(self) }
        }
    }
}
