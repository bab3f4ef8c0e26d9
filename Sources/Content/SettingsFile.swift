import Site
import Yams

/// `site.yml` in the content folder: what authors say of the site as a whole.
struct SettingsFile: Sendable, Equatable {
    var title: String?
    var description: String?
    var language: String?
    var author: String?
    var navigation: [SiteSettings.NavigationItem]?
    var diagnostics: [Diagnostic] = []

    static let name = "site.yml"
    static let keys = ["title", "description", "language", "author", "navigation"]

    init() {}

    init(bytes: [UInt8], displayName: String) {
        func report(_ severity: Diagnostic.Severity, _ mark: Mark?, _ message: String, _ remedy: String) {
            diagnostics.append(
                Diagnostic(severity, file: displayName, line: mark?.line ?? 1, column: mark?.column ?? 1, message, remedy: remedy))
        }
        guard bytes.count <= 64 << 10 else {
            report(.error, nil, "the file is longer than 64 KiB", "keep it short")
            return
        }
        let node: Node?
        do {
            // What a value is, its key says; without the patterns that tell it else, which take longer than the whole file.
            node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self), .basic, .default, .utf8)
        } catch {
            report(.error, nil, "the file is not YAML: \(error)", "put values that hold `: ` or `#` in quotes")
            return
        }
        guard let node else { return }
        guard let mapping = node.mapping else {
            report(.error, node.mark, "the file is not a list of keys", "write one `key: value` a line")
            return
        }
        for (key, value) in mapping {
            switch key.string {
            case "title": title = value.scalar?.string
            case "description": description = value.scalar?.string
            case "language": language = value.scalar?.string
            case "author": author = value.scalar?.string
            case "navigation":
                navigation = value.sequence?.compactMap { item in
                    guard let title = item.mapping?["title"]?.scalar?.string, let path = item.mapping?["path"]?.scalar?.string else {
                        report(.error, item.mark, "an entry of `navigation` lacks `title` or `path`", "write `- {title: Docs, path: /docs}`")
                        return nil
                    }
                    return SiteSettings.NavigationItem(title: title, path: path)
                }
            default:
                report(.warning, key.mark, "unknown key `\(key.string ?? "?")`", "known keys are \(Self.keys.joined(separator: ", "))")
            }
        }
    }
}
