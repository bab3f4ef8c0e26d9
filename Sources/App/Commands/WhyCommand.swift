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
            // Without a server the rest of the explanation still holds.
            let served = try? await ServedSite.summary(at: "http://\(settings.ownHost)", token: settings.metricsToken)
            guard let text = edition.explanation(of: path, content: settings.content, served: served) else {
                let near = edition.manifest.entries.keys.filter { $0.hasSuffix("/" + (path.split(separator: "/").last ?? "")) }.sorted()
                let hint = near.first.map { "did you mean \($0)?" } ?? "`landing check` lists what is wrong with the notes"
                throw Environment.complain("\(path): the notes have no such address; \(hint)", exit: .failure)
            }
            Environment.write(text)
        } catch let problem as StartProblem {
            throw Environment.complain(problem.description, exit: Environment.wrongConfiguration)
        }
    }
}
