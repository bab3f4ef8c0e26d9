import ArgumentParser
import Foundation
import Site
import Web

/// `landing why`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explains an answer: what it is made from, whether that is what is served, and what would change it.",
        discussion: "Exit codes: 0 for an address that the notes have, 1 for one that they do not.")

    @Argument(help: "The address, such as /docs/start.")
    var path: String

    func run() async throws {
        let settings = try Environment.settings()
        do {
            let edition = try await SiteLoader(settings, isDevelopment: false, preparesAssets: false).load(now: Date())
            guard var explanation = edition.explanation(of: path, folder: settings.content) else {
                let near = edition.manifest.entries.keys.filter { $0.hasSuffix("/" + (path.split(separator: "/").last ?? "")) }.sorted()
                let hint = near.first.map { "did you mean \($0)?" } ?? "`landing check` lists what is wrong with the notes"
                throw Environment.complain("\(path): the notes have no such address; \(hint)", exit: .failure)
            }
            // Without a server the rest of the explanation still holds.
            let served = try? await ServedSite.explanation(of: path, at: "http://\(settings.ownHost)", token: settings.metricsToken)
            explanation.add(Explanation.Item("served", Self.words(of: explanation, served)), behind: "digest")
            Environment.write(explanation.text { Style.bold.on($0) })
        } catch let problem as StartProblem {
            throw Environment.complain(problem.description, exit: Environment.wrongConfiguration)
        }
    }

    /// What the server says of the same address.
    private static func words(of files: Explanation, _ served: Explanation?) -> [String] {
        guard let served else { return ["unknown: no server answers, or it does not have the address"] }
        func values(_ name: String, in explanation: Explanation) -> [String] { explanation.items.first { $0.name == name }?.values ?? [] }
        let digest = values("digest", in: served)
        let isSame = digest == values("digest", in: files)
        return [isSame ? "as the files have it" : "from \(digest.first ?? "something else"): the files have changed since"]
            + values("in memory", in: served)
    }
}
