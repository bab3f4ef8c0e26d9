import ArgumentParser
import Content
import Foundation
import Site
import Web

/// `landing plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what publishing the notes would change: addresses, feeds, links, and what is due later.",
        discussion: "Exit codes: 0 if nothing would break, 2 if an address or a link would, 1 where one side cannot be read.")

    @Argument(help: "The folder of notes. Default: LANDING_CONTENT, or content.")
    var folder: String?

    @Option(
        help:
            "What to compare with: the address of a running site, or a folder of notes. Default: what was applied last, else the server of these settings."
    )
    var against: String?

    @Option(help: "How to write the plan: text or json.")
    var format = ReportFormat.text

    func run() async throws {
        let settings = try Environment.settings()
        let plan: SitePlan
        do {
            async let old = served(settings)
            let new = try await summary(settings, folder: folder ?? settings.content)
            plan = SitePlan(from: try await old, to: new)
        } catch let problem as StartProblem {
            throw Environment.complain(problem.description, exit: .failure)
        } catch let problem as ServedSite.Unreachable {
            throw Environment.complain(problem.description, exit: .failure)
        }
        switch format {
        case .text: Environment.write(PlanText(plan: plan).text)
        case .json: Environment.write(try ReportFormat.json(plan))
        }
        if plan.breaks { throw ExitCode(2) }
    }

    private func served(_ settings: ServerSettings) async throws -> SiteSummary {
        if let against, !against.hasPrefix("http://"), !against.hasPrefix("https://") { return try await summary(settings, folder: against) }
        if against == nil, settings.publish == .apply, let current = settings.generations.current {
            return try await summary(settings, of: current.generation)
        }
        let address = against.map { String($0.hasSuffix("/") ? $0.dropLast() : $0[...]) } ?? "http://\(settings.ownHost)"
        return try await ServedSite.summary(at: address, token: settings.metricsToken)
    }

    private func summary(_ settings: ServerSettings, folder: String) async throws -> SiteSummary {
        var settings = settings
        settings.content = folder
        let edition = try await SiteLoader(settings, isDevelopment: false, preparesAssets: false).load(now: Date())
        return SiteSummary(edition.manifest, of: edition.site)
    }

    /// What is served, or is going to be when the server starts.
    private func summary(_ settings: ServerSettings, of generation: GenerationID) async throws -> SiteSummary {
        let loader = SiteLoader(settings, isDevelopment: false, preparesAssets: false)
        await loader.use(settings.generations.files(of: generation))
        let edition = try await loader.load(now: Date())
        return SiteSummary(edition.manifest, of: edition.site, generation: generation)
    }
}
