import Foundation
import TestSupport
import Testing

/// A folder whose disk a test can fill: a file system of its own where this user may mount one; elsewhere the program's
/// files may not grow any more.
final class SmallDisk {
    let path: String
    private let folder: TemporaryFolder
    private let isMounted: Bool

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/data"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        do {
            try Tool.run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=8m", "landing-test", path)
            isMounted = true
        } catch {
            // Only root may, and not in every container.
            isMounted = false
        }
    }

    deinit {
        // Left behind, it is the system's to clean up.
        if isMounted { try? Tool.run("/usr/bin/umount", "--lazy", path) }
    }

    func fill(_ program: ServedProgram) throws {
        guard isMounted else {
            let sizes = try FileManager.default.contentsOfDirectory(atPath: path).map { name in
                try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.size] as? Int ?? 0
            }
            return try program.limitFiles(to: sizes.max() ?? 0)
        }
        try Data().write(to: URL(fileURLWithPath: ballast))
        let file = try #require(FileHandle(forWritingAtPath: ballast))
        defer { file.closeFile() }
        do {
            while true { try file.write(contentsOf: Data(count: 4_096)) }
        } catch {
            // It is full.
        }
    }

    func clear(_ program: ServedProgram) throws {
        if isMounted { try FileManager.default.removeItem(atPath: ballast) } else { try program.limitFiles(to: nil) }
    }

    private var ballast: String { "\(path)/ballast" }
}
