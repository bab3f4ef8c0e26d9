/// Tells two states of a file apart without reading it.
struct FileStamp: Hashable, Sendable {
    let size: Int64
    let modifiedSeconds: Int64
    let modifiedNanoseconds: Int64
    let inode: UInt64
}
