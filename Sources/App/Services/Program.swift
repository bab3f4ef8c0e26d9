import Crypto
import Foundation
import Site

/// The program that runs.
enum Program {
    /// Over its own file: another one may make other bytes from the same digest.
    static let name: String = {
        var hash = SHA256()
        // A program that cannot be read, or not to its end, still has a name; it may share pages with another such.
        guard let program = FileHandle(forReadingAtPath: "/proc/self/exe") else { return "" }
        while let part = try? program.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
        return Digest(Array(hash.finalize()))?.short ?? ""
    }()
}
