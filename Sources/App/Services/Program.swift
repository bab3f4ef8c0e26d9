import Content
import Crypto
import Foundation
import Site

/// The program that runs.
enum Program {
    /// Another one may make other bytes from the same digest: over what the linker computed over the program and over each
    /// library that it was started with. Empty for a program that cannot be read.
    ///
    /// To be asked for at the beginning: libraries that are loaded later are no part of it.
    static let name: String = {
        let own = "/proc/self/exe"
        guard let program = buildID(ofFile: own) ?? digest(ofFile: own) else { return "" }
        // The list is read in parts, between which threads come and go: what was read twice is whole.
        var libraries = librariesNow()
        for _ in 0..<20 {
            let again = librariesNow()
            if again == libraries { break }
            libraries = again
        }
        return name(program: program, libraries: libraries.map { ($0, buildID(ofFile: $0)) })
    }()

    private static func librariesNow() -> [String] {
        guard let file = FileHandle(forReadingAtPath: "/proc/self/maps") else { return [] }
        var maps = Data()
        // Part by part: it has no size, and one reading ends with its first page. One that fails is as good as the end.
        while let part = try? file.read(upToCount: 1 << 16), !part.isEmpty { maps += part }
        return libraries(inMaps: String(decoding: maps, as: UTF8.self))
    }

    static func name(program: [UInt8], libraries: [(path: String, buildID: [UInt8]?)]) -> String {
        var input = DigestInput("program")
        input.add(DigestFunction.sha256(program))
        // By their names: where they lie says nothing about what they do.
        let named = libraries.map { ($0.path.split(separator: "/").last.map(String.init) ?? "", $0.buildID) }
        for (name, id) in named.sorted(by: { $0.0 < $1.0 }) {
            input.add(name)
            input.add(id.map { DigestFunction.sha256($0).description })
        }
        return DigestFunction.sha256(input).short
    }

    /// Files that hold code, in a list as `/proc/self/maps` has it (proc_pid_maps(5)), but the program's own.
    static func libraries(inMaps maps: String) -> [String] {
        // In bytes: there are hundreds of lines, and characters cost much more.
        let fields = maps.utf8.split(separator: UInt8(ascii: "\n")).map { $0.split(separator: UInt8(ascii: " "), maxSplits: 5) }
        let code = fields.filter { $0.count == 6 && $0[1].contains(UInt8(ascii: "x")) }
        let files = Set(code.map { Substring($0[5].drop { $0 == UInt8(ascii: " ") }) })
        return files.filter { $0.hasPrefix("/") && $0.contains(".so") }.map(String.init).sorted()
    }

    /// Of a program whose linker wrote no note.
    private static func digest(ofFile path: String) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        var hash = SHA256()
        // One that is not read to its end may share pages with another such.
        while let part = try? file.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
        return Array(hash.finalize())
    }

    private static func buildID(ofFile path: String) -> [UInt8]? {
        // Headers and notes are among a file's first bytes. A library that cannot be read is known by its name alone.
        guard let file = FileHandle(forReadingAtPath: path), let beginning = try? file.read(upToCount: 1 << 13) else { return nil }
        return buildID(Array(beginning))
    }

    /// The linker's note `NT_GNU_BUILD_ID` of a file of 64 bits (ELF, gABI 4.1), where it stands in the file's beginning.
    static func buildID(_ file: [UInt8]) -> [UInt8]? {
        func number(_ offset: Int, _ width: Int) -> Int? {
            guard offset >= 0, offset <= file.count - width else { return nil }
            let number = (0..<width).reduce(UInt64(0)) { $0 | UInt64(file[offset + $1]) << (8 * UInt64($1)) }
            // Nothing that is of use here lies further in.
            return number <= UInt64(file.count) ? Int(number) : file.count
        }
        let (noteKind, buildIDKind) = (4, 3)
        guard file.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(32, 8), let size = number(54, 2), let count = number(56, 2) else {
            return nil
        }
        for index in 0..<count {
            let header = table + index * size
            guard number(header, 4) == noteKind, var note = number(header + 8, 8), let length = number(header + 32, 8) else { continue }
            let end = note + length
            while note + 12 <= end, let nameSize = number(note, 4), let valueSize = number(note + 4, 4), let kind = number(note + 8, 4) {
                let name = note + 12
                let value = name + (nameSize + 3) / 4 * 4
                guard value + valueSize <= min(end, file.count) else { break }
                if kind == buildIDKind, valueSize > 0, file[name..<value].starts(with: "GNU\0".utf8) {
                    return Array(file[value..<(value + valueSize)])
                }
                note = value + (valueSize + 3) / 4 * 4
            }
        }
        return nil
    }
}
