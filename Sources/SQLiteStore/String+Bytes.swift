import Foundation

/// Strangers' texts are kept as bytes: SQLite ends a text at its first NUL.
extension String {
    var bytes: Data { Data(utf8) }

    init(bytes: Data) { self.init(decoding: bytes, as: UTF8.self) }
}
