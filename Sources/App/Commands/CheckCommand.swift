import ArgumentParser
import Content
import Foundation
import Rendering
import Site

/// `landing check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reports every problem in the notes as file:line:column, with what to do about it.",
        discussion: "Exit codes: 0 without errors (warnings are allowed), 1 with errors, 78 where the folder cannot be read.")

    @Argument(help: "The folder of notes. Default: LANDING_CONTENT, or content.")
    var folder: String?

    @Option(help: "How to write the report: text or json.")
    var format = ReportFormat.text

    func run() async throws {
        let settings = try Environment.settings()
        let site: SiteSnapshot
        do {
            site = try load(settings)
        } catch let error as FolderUnreadable {
            throw Environment.complain(
                "\(error.folder): \(error.reason); name a folder of notes that can be read", exit: Environment.wrongConfiguration)
        }
        let errors = site.diagnostics.count { $0.severity == .error }
        switch format {
        case .text: report(site, errors: errors)
        case .json: Environment.write(try Self.json(site.diagnostics))
        }
        if errors > 0 { throw ExitCode(1) }
    }

    /// Templates and assets are looked at where they are: a note may name a
    /// template or link to an asset. A folder of notes alone can be checked too.
    private func load(_ settings: ServerSettings) throws -> SiteSnapshot {
        let assets = try? AssetLoader(folder: settings.publicFolder).load()
        let files = try? TemplateLoader(folder: settings.templates).load()
        var surroundings = ContentLoader.Surroundings(origin: settings.origin, assets: assets?.catalog ?? AssetCatalog())
        surroundings.diagnostics = assets?.diagnostics ?? []
        if let files {
            do {
                surroundings.templates = try TemplateLibrary(files, assets: surroundings.assets).pageTemplates
            } catch {
                surroundings.diagnostics += error.diagnostics
            }
        }
        return try ContentLoader(folder: folder ?? settings.content).load(now: Date(), surroundings)
    }

    private func report(_ site: SiteSnapshot, errors: Int) {
        for diagnostic in site.diagnostics {
            let style = diagnostic.severity == .error ? Style.red : .yellow
            Environment.write(
                "\(Style.bold.on(diagnostic.location)): \(style.on(diagnostic.severity.rawValue)): \(diagnostic.message); \(diagnostic.remedy)\n")
        }
        let notes = site.pages.values.count { $0.file != nil }
        let warnings = site.diagnostics.count - errors
        let summary = "\(notes) notes, \(errors) errors, \(warnings) warnings"
        Environment.writeError((errors > 0 ? Style.red : warnings > 0 ? .yellow : .green).on(summary, .standardError) + "\n")
    }

    private struct Entry: Encodable {
        let file: String
        let line: Int
        let column: Int
        let severity: String
        let message: String
        let remedy: String
    }

    private static func json(_ diagnostics: [Diagnostic]) throws -> String {
        let entries = diagnostics.map {
            Entry(file: $0.file, line: $0.line, column: $0.column, severity: $0.severity.rawValue, message: $0.message, remedy: $0.remedy)
        }
        return try ReportFormat.json(entries)
    }
}
