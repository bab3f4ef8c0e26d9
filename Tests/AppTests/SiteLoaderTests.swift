import Configuration
import Foundation
import Site
import TestSupport
import Testing
import Web

@testable import App

@Suite struct SiteLoaderTests {
    /// Static files lie in a folder of their own, which can be taken away.
    private static func loader(_ files: TemporaryFolder) throws -> SiteLoader {
        let environment = [
            "LANDING_CONTENT": "\(files.path)/content", "LANDING_DATA": "\(files.path)/data", "LANDING_PUBLIC": "\(files.path)/Public",
            "LANDING_TEMPLATES": "\(Repository.path)/Templates",
        ]
        let settings = try ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
        return SiteLoader(settings, isDevelopment: false)
    }

    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder(["content/index.md": "# Home"])
        try FileManager.default.copyItem(atPath: "\(Repository.path)/Public", toPath: "\(folder.path)/Public")
        return folder
    }

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    @Test func `a note that was read while something else could not be read is shown as soon as it can`() async throws {
        let folder = try Self.folder()
        let loader = try Self.loader(folder)
        _ = try await loader.load(now: Self.noon)
        try folder.write("content/late.md", "# Late")
        try FileManager.default.moveItem(atPath: "\(folder.path)/Public", toPath: "\(folder.path)/away")
        await #expect(throws: StartProblem.self) { try await loader.loadIfChanged(now: Self.noon) }
        // Exactly as it was: nothing else tells that there is something to show.
        try FileManager.default.moveItem(atPath: "\(folder.path)/away", toPath: "\(folder.path)/Public")
        let edition = try await loader.loadIfChanged(now: Self.noon)
        #expect(edition?.site.pages[PagePath(canonical: "/late")]?.title == "Late")
        #expect(try await loader.loadIfChanged(now: Self.noon) == nil)
    }

    @Test func `where nothing can be read, static files are named first, and notes where only they are missing`() async throws {
        let folder = try Self.folder()
        let loader = try Self.loader(folder)
        try FileManager.default.removeItem(atPath: "\(folder.path)/content")
        await #expect { try await loader.load(now: Self.noon) } throws: { "\($0)".contains("LANDING_CONTENT") }
        try FileManager.default.removeItem(atPath: "\(folder.path)/Public")
        await #expect { try await loader.load(now: Self.noon) } throws: { "\($0)".contains("LANDING_PUBLIC") }
    }
}
