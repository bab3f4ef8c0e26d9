import Foundation
import TestSupport
import Testing

/// Publishing by command.
@Suite struct ApplyTests {
    private static let notes = ["index.md": "# Home\n\nTo [[Guide]].", "docs/guide.md": "# Guide\n\nThe first text."]

    private func environment(_ data: TemporaryFolder, _ content: TemporaryFolder, port: Int? = nil, redis: RedisServer? = nil) -> [String: String] {
        var environment = [
            "LANDING_DATA": data.path, "LANDING_CONTENT": content.path, "LANDING_PUBLISH": "apply", "LANDING_ORIGIN": "http://agents.example",
        ]
        environment["PORT"] = port.map(String.init)
        environment["REDIS_URL"] = redis?.url()
        return environment
    }

    private func guide(_ port: Int) async throws -> String { try await HTTPExchange.send("GET", "/docs/guide", port: port).body }

    @Test func `what is saved stays unseen until it is applied, and comes back with a rollback`() async throws {
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        _ = try await LandingProgram(environment: environment(data, content)).serve { port in
            let landing = LandingProgram(environment: environment(data, content, port: port))
            try content.write("docs/guide.md", "# Guide\n\nThe second text.")
            let plan = try landing.run("plan")
            #expect(plan.output.contains("~ /docs/guide  Guide"), "\(plan.output)\(plan.errors)")
            #expect(try await guide(port).contains("The first text"))
            let applied = try landing.run("apply")
            #expect(applied.status == 0 && applied.output.contains("http://127.0.0.1:\(port) serves it"), "\(applied.output)\(applied.errors)")
            let new = try await HTTPExchange.send("GET", "/docs/guide", port: port)
            #expect(new.body.contains("The second text"))
            // It was made before anybody could ask for it.
            #expect(new.header("Cache-Status") == "Landing; hit")
            #expect(try landing.run("apply").output.hasPrefix("Nothing to apply"))
            let back = try landing.run("apply", "--rollback")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try await guide(port).contains("The first text"))
            let further = try landing.run("apply", "--rollback")
            #expect(further.status == 1 && further.errors.contains("there is no generation before the current one"))
        }
    }

    @Test func `what was applied is served after a crash, whatever the files are by then`() async throws {
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        let landing = LandingProgram(environment: environment(data, content, port: 1))
        let applied = try landing.run("apply")
        #expect(applied.status == 0 && applied.output.contains("the next one that starts serves it"), "\(applied.output)\(applied.errors)")
        try content.remove("docs/guide.md")
        _ = try await LandingProgram(environment: environment(data, content)).serve { port in
            let page = try await guide(port)
            #expect(page.contains("The first text"))
        }
    }

    @Test func `what breaks something is applied only by those who say so`() throws {
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        let landing = LandingProgram(environment: environment(data, content, port: 1))
        _ = try landing.run("apply")
        try content.remove("docs/guide.md")
        let refused = try landing.run("apply")
        #expect(refused.status == 2 && refused.output.contains("- /docs/guide") && refused.errors.contains("--breaking"), "\(refused.output)")
        #expect(try landing.run("plan").status == 2)
        #expect(try landing.run("apply", "--breaking").status == 0)
        #expect(try landing.run("plan").status == 0)
    }

    @Test func `a replica with the same files follows, and one with others keeps what it serves and says so`() async throws {
        let redis = try await RedisServer()
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        let (otherData, otherContent) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        func words(_ port: Int) async throws -> String { try await HTTPExchange.send("GET", "/readyz", port: port).body }
        _ = try await LandingProgram(environment: environment(data, content, redis: redis)).serve { port in
            _ = try await LandingProgram(environment: environment(otherData, otherContent, redis: redis)).serve { other in
                let landing = LandingProgram(environment: environment(data, content, port: port, redis: redis))
                // The other one's files are up to date.
                for folder in [content, otherContent] { try folder.write("docs/guide.md", "# Guide\n\nThe second text.") }
                #expect(try landing.run("apply").status == 0)
                let followed = try await eventually { try await guide(other).contains("The second text") }
                #expect(followed != nil)
                // They are not.
                try content.write("docs/guide.md", "# Guide\n\nThe third text.")
                #expect(try landing.run("apply").status == 0)
                #expect(try await guide(port).contains("The third text"))
                let isSaid = try await eventually { try await words(other).contains("was applied elsewhere, and the files here are") }
                #expect(isSaid != nil)
                #expect(try await guide(other).contains("The second text"))
                // Back to what both have.
                #expect(try landing.run("apply", "--rollback").status == 0)
                let isQuiet = try await eventually { try await !words(other).contains("elsewhere") }
                #expect(isQuiet != nil)
                #expect(try await guide(port).contains("The second text"))
            }
        }
    }

    @Test func `while Redis is away it is applied here, and the others hear of it later`() async throws {
        let redis = try await RedisServer()
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        let (otherData, otherContent) = (try TemporaryFolder(), try TemporaryFolder(Self.notes))
        _ = try await LandingProgram(environment: environment(data, content, redis: redis)).serve { port in
            _ = try await LandingProgram(environment: environment(otherData, otherContent, redis: redis)).serve { other in
                redis.kill()
                for folder in [content, otherContent] { try folder.write("docs/guide.md", "# Guide\n\nThe second text.") }
                let applied = try LandingProgram(environment: environment(data, content, port: port, redis: redis)).run("apply")
                #expect(applied.status == 0 && applied.errors.contains("Redis does not answer"), "\(applied.errors)")
                #expect(try await guide(port).contains("The second text"))
                #expect(try await guide(other).contains("The first text"))
                // Restarted, it has forgotten everything.
                try await redis.restart()
                let followed = try await eventually { try await guide(other).contains("The second text") }
                #expect(followed != nil)
            }
        }
    }

    @Test func `where files are published as they are saved, there is nothing to apply`() throws {
        let ending = try LandingProgram().run("apply")
        #expect(ending.status == 78 && ending.errors.contains("LANDING_PUBLISH is live"))
    }
}
