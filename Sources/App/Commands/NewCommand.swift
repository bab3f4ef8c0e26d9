import ArgumentParser
import Foundation
import Site

/// `landing new`
struct NewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Makes a note with its front matter filled in.",
        discussion: "`landing new docs/my-note` makes content/docs/my-note.md, a draft titled “My note”. A file that is there already stays as it is."
    )

    @Argument(help: "Path of the note below the content folder; .md is added.")
    var path: String

    @Option(help: "The note's title. Default: made from the path.")
    var title: String?

    func run() async throws {
        let settings = try Environment.settings()
        let parts = path.split(separator: "/").map(String.init)
        guard let last = parts.last, !path.hasPrefix("/"), !parts.contains(".."), !parts.contains(where: { $0.hasPrefix(".") }) else {
            throw Environment.complain(
                "\(path): it is not a path below \(settings.content); write one such as docs/my-note", exit: .validationFailure)
        }
        let stem = last.lowercased().hasSuffix(".md") ? String(last.dropLast(3)) : last
        let address = PagePath(canonical: (parts.dropLast() + [stem]).joined(separator: "/"))
        guard !address.isRoot || stem.lowercased() == "index", !OwnPaths.owns(address) else {
            throw Environment.complain("\(path): the address \(address) belongs to the site itself; choose another name", exit: .validationFailure)
        }
        let file = ([settings.content] + parts.dropLast() + ["\(stem).md"]).joined(separator: "/")
        guard !FileManager.default.fileExists(atPath: file) else {
            throw Environment.complain("\(file): the file is there already; choose another name", exit: .failure)
        }
        do {
            try FileManager.default.createDirectory(atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            // Never over a file that came in between.
            try Data(text(stem: stem).utf8).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
        } catch {
            throw Environment.complain("\(file): it cannot be written: \(error.localizedDescription)", exit: .failure)
        }
        Environment.write("\(Style.green.on("Made")) \(file), a draft for \(address); take `draft: true` out when it is ready\n")
    }

    private func text(stem: String) -> String {
        let words = stem.map { $0 == "-" || $0 == "_" ? " " : $0 }
        let name = title ?? words.prefix(1).map { String($0) }.joined().uppercased() + String(words.dropFirst())
        let quoted = name.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        let day = Date().formatted(.iso8601.year().month().day())
        return """
            ---
            title: "\(quoted)"
            description: ""
            tags: []
            created: \(day)
            draft: true
            ---

            # \(name)


            """
    }
}
