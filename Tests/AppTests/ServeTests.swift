import Foundation
import TestSupport
import Testing

@Suite struct ServeTests {
    @Test(arguments: [
        (["PORT": "http"], "PORT=http: it is not a TCP port; use a number from 0 to 65535, such as 3000"),
        (["PORT": "70000"], "PORT=70000: it is not a TCP port"),
        (["LANDING_ORIGIN": "agents.ddns.net"], "LANDING_ORIGIN=agents.ddns.net: it is not the address of a site"),
        (["LANDING_ORIGIN": "https://a.example/path"], "LANDING_ORIGIN=https://a.example/path: it is not the address of a site"),
        (["LANDING_CONTENT": "/nowhere"], "LANDING_CONTENT=/nowhere: No such file or directory"),
        (["LANDING_TEMPLATES": "/nowhere"], "LANDING_TEMPLATES=/nowhere: No such file or directory"),
        (["LANDING_PUBLIC": "/nowhere"], "LANDING_PUBLIC=/nowhere: No such file or directory"),
        (["LANDING_DATA": "/proc/nowhere"], "LANDING_DATA=/proc/nowhere: "),
        (["HOSTNAME": "203.0.113.7"], "HOSTNAME=203.0.113.7: cannot listen on 203.0.113.7:0"),
    ])
    func `a setting that cannot be used stops the start with key, value, reason and remedy`(_ environment: [String: String], _ message: String) throws
    {
        let data = try TemporaryFolder()
        let result = try LandingProgram(environment: ["PORT": "0", "LANDING_DATA": data.path].merging(environment) { $1 }).run("serve")
        #expect(result.status == 78)
        #expect(result.errors.contains("landing: error: \(message)"), "\(result.errors)")
        #expect(result.errors.contains("; "))
        #expect(result.output == "")
    }

    @Test func `every wrong setting is named at once`() throws {
        let result = try LandingProgram(environment: ["PORT": "x", "LANDING_ORIGIN": "y"]).run("serve")
        #expect(result.errors.contains("PORT=x") && result.errors.contains("LANDING_ORIGIN=y"))
    }

    @Test func `a port in use stops the start and says so`() async throws {
        let data = try TemporaryFolder()
        _ = try await LandingProgram(environment: ["LANDING_DATA": data.path]).serve { port in
            let other = try TemporaryFolder()
            let result = try LandingProgram(environment: ["PORT": "\(port)", "LANDING_DATA": other.path]).run("serve")
            #expect(result.status == 78)
            #expect(result.errors.contains("PORT=\(port): another program listens on 127.0.0.1:\(port); stop it, or choose another port"))
        }
    }

    @Test func `a template that does not parse stops the start with file and line`() throws {
        let templates = try TemporaryFolder(["page.mustache": "a\n{{#open}}"])
        let result = try LandingProgram(environment: ["PORT": "0", "LANDING_TEMPLATES": templates.path]).run("serve")
        #expect(result.status == 78)
        #expect(result.errors.contains("\(templates.path)/page.mustache:2:10: error: a section is not closed"), "\(result.errors)")
        #expect(result.errors.contains("layout.mustache") == false)
    }

    @Test func `it serves with nothing configured, answers its health check, and ends with 0 on SIGTERM`() async throws {
        let data = try TemporaryFolder()
        let status = try await LandingProgram(environment: ["LANDING_DATA": data.path]).serve { port in
            #expect(try await HTTPExchange.send("GET", "/", port: port).status == 200)
            #expect(try await HTTPExchange.send("GET", "/readyz", port: port).body.contains("\"status\":\"ready\""))
            let check = try LandingProgram(environment: ["PORT": "\(port)"]).run("healthcheck")
            #expect(check.status == 0)
            #expect(check.output == "ok\n")
        }
        #expect(status == 0)
    }

    @Test func `the metrics count the connection that asks for them`() async throws {
        let data = try TemporaryFolder()
        _ = try await LandingProgram(environment: ["LANDING_DATA": data.path]).serve { port in
            let metrics = try await HTTPExchange.send("GET", "/api/metrics", port: port).body
            #expect(metrics.contains(/\nhttp_connections_open [1-9]/))
        }
    }

    @Test func `a health check without a server ends with 1 and says what to do`() throws {
        let result = try LandingProgram(environment: ["PORT": "1"]).run("healthcheck")
        #expect(result.status == 1)
        #expect(result.errors.contains("http://127.0.0.1:1/healthz does not answer"))
    }

    @Test func `messages are kept through kill -9 and shown by the command`() async throws {
        let data = try TemporaryFolder()
        let program = LandingProgram(environment: ["LANDING_DATA": data.path])
        _ = try await program.serve { port in
            let answer = try await HTTPExchange.send(
                "POST", "/contact", port: port, headers: ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"],
                body: "name=Ann%1B%5B2J&email=ann%40example.org&message=Hello")
            #expect(answer.status == 303)
        }
        let text = try program.run("messages")
        #expect(text.output.contains("<ann@example.org>") && text.output.contains("  Hello"))
        #expect(!text.output.contains("\u{1B}"))
        let json = try JSONSerialization.jsonObject(with: Data(program.run("messages", "--format", "json").output.utf8)) as? [[String: Any]]
        #expect(json?.count == 1)
    }

    @Test func `a saved note is public without a restart, and a deleted one is gone`() async throws {
        let (data, content) = (try TemporaryFolder(), try TemporaryFolder(["a.md": "# First"]))
        _ = try await LandingProgram(environment: ["LANDING_DATA": data.path, "LANDING_CONTENT": content.path]).serve { port in
            #expect(try await HTTPExchange.send("GET", "/a", port: port).body.contains("First"))
            try content.write("a.md", "# Second")
            try await eventually { try await HTTPExchange.send("GET", "/a", port: port).body.contains("Second") }
            try content.remove("a.md")
            try await eventually { try await HTTPExchange.send("GET", "/a", port: port).status == 404 }
        }
    }

    /// Asks until the answer is yes; the test's own time limit ends it otherwise.
    private func eventually(_ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !holds() {
            guard ContinuousClock.now < end else {
                Issue.record("it did not happen within 20 seconds")
                return
            }
            await Task.yield()
        }
    }
}
