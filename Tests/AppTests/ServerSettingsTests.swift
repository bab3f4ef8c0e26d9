import Configuration
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
}
