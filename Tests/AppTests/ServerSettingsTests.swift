import Configuration
import Foundation
import Gateway
import TestSupport
import Testing

@testable import App

@Suite struct ServerSettingsTests {
    private func settings(_ environment: [String: String]) throws -> ServerSettings {
        try ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
    }

    @Test func `nothing set gives the defaults`() throws {
        let settings = try settings([:])
        #expect(settings.port == 3000)
        #expect(settings.hostname == "127.0.0.1")
        #expect(settings.origin == "http://127.0.0.1:3000")
        #expect([settings.content, settings.templates, settings.publicFolder, settings.data] == ["content", "Templates", "Public", "data"])
    }

    @Test(arguments: [
        ("localhost", "localhost"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("web-1", "127.0.0.1"), ("a.b.c.d", "127.0.0.1"), ("", "127.0.0.1"),
    ])
    func `HOSTNAME counts only if it is an address`(_ value: String, _ hostname: String) throws {
        #expect(try settings(["HOSTNAME": value]).hostname == hostname)
    }

    @Test(arguments: [
        ("https://Agents.ddns.net/", "https://agents.ddns.net"), ("http://[::1]:8080", "http://[::1]:8080"), ("http://x:80", "http://x:80"),
    ])
    func `an origin is scheme, host and port`(_ value: String, _ origin: String) throws {
        #expect(try settings(["LANDING_ORIGIN": value]).origin == origin)
    }

    @Test(arguments: [
        "", "example.org", "ftp://example.org", "https://", "https://a/b", "https://a?b", "https://a b", "https://a:99999", "https://u@a",
    ])
    func `anything else is no origin`(_ value: String) {
        guard !value.isEmpty else { return }
        #expect(throws: SettingProblems.self) { try settings(["LANDING_ORIGIN": value]) }
    }

    @Test(arguments: ["http://127.0.0.1:18789", "ws://127.0.0.1:18789/", "HTTP://127.0.0.1:18789"])
    func `the gateway is scheme, host and port, however its protocol is called`(_ value: String) throws {
        let settings = try settings(["GATEWAY_URL": value])
        #expect(settings.gateway.description == "http://127.0.0.1:18789" && settings.expectsGateway)
        #expect(try self.settings([:]).gateway == settings.gateway)
    }

    @Test(arguments: ["127.0.0.1:18789", "http://a/b", "http://u:p@a", "http://", "http://a:0", "http://a:99999", "http://[a]"])
    func `anything else is no gateway`(_ value: String) {
        #expect(throws: SettingProblems.self) { try settings(["GATEWAY_URL": value]) }
    }

    @Test func `the gateway's token comes from the environment or from a file, and a placeholder is none`() throws {
        #expect(try settings(["GATEWAY_AUTH_TOKEN": "a-secret"]).gatewayToken == "a-secret")
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/token"
        try "from-a-file\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try settings(["GATEWAY_AUTH_TOKEN_FILE": file]).gatewayToken == "from-a-file")
        for environment in [
            ["GATEWAY_AUTH_TOKEN": "a", "GATEWAY_AUTH_TOKEN_FILE": file], ["GATEWAY_AUTH_TOKEN": "CHANGE_ME_GATEWAY_TOKEN"],
            ["GATEWAY_AUTH_TOKEN": "two words"], ["GATEWAY_AUTH_TOKEN_FILE": "\(folder.path)/none"], ["LANDING_GATEWAY_RATE": "0"],
        ] {
            let problems = #expect(throws: SettingProblems.self) { try settings(environment) }
            #expect(problems.map { !"\($0)".contains("CHANGE_ME") } ?? false, "a secret is shown")
        }
    }
}
