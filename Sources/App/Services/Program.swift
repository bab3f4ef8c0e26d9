import Content
import Crypto
import Foundation
import Site

/// The program that runs.
enum Program {
    /// Another one may make other bytes from the same digest. What the linker computed over it, or else over its own
    /// file; empty for a program that cannot be read.
    static let name: String = {
        guard let program = FileHandle(forReadingAtPath: "/proc/self/exe") else { return "" }
        // The headers and the notes are its first bytes. Without them there is the file.
        if let beginning = try? program.read(upToCount: 1 << 16), let identity = buildID(Array(beginning)) {
            return DigestFunction.sha256(identity).short
        }
        var hash = SHA256()
        guard (try? program.seek(toOffset: 0)) != nil else { return "" }
        // One that is not read to its end may share pages with another such.
        while let part = try? program.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
        return Digest(Array(hash.finalize()))?.short ?? ""
    }()

    /// The linker's note `NT_GNU_BUILD_ID` of a program of 64 bits (ELF, gABI 4.1), where it stands in the file's beginning.
    static func buildID(_ file: [UInt8]) -> [UInt8]? {
        func number(_ offset: Int, _ width: Int) -> Int? {
            guard offset >= 0, offset <= file.count - width else { return nil }
            return (0..<width).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(file[offset + $1]) << (8 * UInt64($1))) }
        }
        let (programHeaders, noteKind, buildIDKind) = (4, 4, 3)
        guard file.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(32, 8), let size = number(54, 2), let count = number(56, 2) else {
            return nil
        }
        for index in 0..<count {
            let header = table + index * size
            guard number(header, programHeaders) == noteKind, var note = number(header + 8, 8), let length = number(header + 32, 8) else { continue }
            let end = note + min(length, file.count)
            while note + 12 <= end, let nameSize = number(note, 4), let valueSize = number(note + 4, 4), let kind = number(note + 8, 4) {
                let name = note + 12
                let value = name + (nameSize + 3) / 4 * 4
                guard value >= name, valueSize <= file.count, value <= file.count - valueSize else { break }
                if kind == buildIDKind, file[name..<value].starts(with: "GNU\0".utf8), valueSize > 0 {
                    return Array(file[value..<(value + valueSize)])
                }
                note = value + (valueSize + 3) / 4 * 4
            }
        }
        return nil
    }
}
