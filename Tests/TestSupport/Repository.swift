import Foundation

/// Files of this checkout that tests read.
public enum Repository {
    public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The wiki that the site must show right; `nil` where it is not beside the checkout.
    public static var corpus: String? {
        let path = URL(fileURLWithPath: Repository.path).deletingLastPathComponent().appendingPathComponent("shared/corpus").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// The program, beside the test bundle that runs.
    public static var program: String {
        let folder = ProcessInfo.processInfo.arguments.first.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent() }
        for candidate in [folder?.path, "\(path)/.build/debug"].compactMap({ $0 })
        where FileManager.default.isExecutableFile(atPath: "\(candidate)/landing") {
            return "\(candidate)/landing"
        }
        return "\(path)/.build/debug/landing"
    }

    /// Compares `text` with a file that was looked at once. `LANDING_UPDATE_GOLDEN=1` writes it anew.
    public static func matchesGolden(_ text: String, _ file: String) throws -> Bool {
        let golden = "\(path)/Tests/\(file)"
        if ProcessInfo.processInfo.environment["LANDING_UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: golden).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: golden))
        }
        return try String(contentsOfFile: golden, encoding: .utf8) == text
    }
}
