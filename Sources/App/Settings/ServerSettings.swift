import Configuration
import Content
import Foundation
import Gateway
import Identity
import MongoStore
import PostgresStore
import RedisStore
import Web

/// What the environment says, read once and checked before anything starts.
struct ServerSettings: Sendable {
    var port: Int
    var hostname: String
    var content: String
    var templates: String
    var publicFolder: String
    var data: String
    var publish: PublishMode
    var origin: String
    var trustedProxies: TrustedProxies
    var metricsToken: String?
    var accountStore: AccountStoreChoice
    var mongodb: MongoURI?
    var postgres: PostgresURI?
    var signUp: Accounts.SignUp
    var redis: RedisURL?
    var gateway: GatewayEndpoint
    /// Somebody has said where the gateway is; otherwise none may be meant.
    var expectsGateway: Bool
    var gatewayToken: String?
    var gatewayRate: Int
    var cacheBytes: Int
    var log: LogFormat

    /// - Throws: ``SettingProblems`` with every wrong value, not only the first.
    init(_ reader: ConfigReader) throws(SettingProblems) {
        var problems: [SettingProblem] = []
        func text(_ key: SettingKey) -> String? {
            // An empty value is what compose files pass for an unset one.
            let value = reader.string(forKey: ConfigKey(key.rawValue.lowercased().split(separator: "_").map(String.init)))
            return value?.isEmpty == true ? nil : value
        }
        func refuse(_ key: SettingKey, _ value: String, _ reason: String, _ remedy: String) {
            problems.append(SettingProblem(key: key, value: value, reason: reason, remedy: remedy))
        }
        port = 3000
        if let value = text(.port) {
            if let number = Int(value), (0...65_535).contains(number) {
                port = number
            } else {
                refuse(.port, value, "it is not a TCP port", "use a number from 0 to 65535, such as 3000")
            }
        }
        hostname = text(.hostname).flatMap { Self.isAddress($0) ? $0 : nil } ?? SettingKey.hostname.defaultText
        content = text(.content) ?? SettingKey.content.defaultText
        templates = text(.templates) ?? SettingKey.templates.defaultText
        publicFolder = text(.publicFolder) ?? SettingKey.publicFolder.defaultText
        data = text(.data) ?? SettingKey.data.defaultText
        publish = .live
        if let value = text(.publish) {
            if let mode = PublishMode(rawValue: value) {
                publish = mode
            } else {
                refuse(.publish, value, "it is no way to publish", "write live or apply")
            }
        }
        origin = "http://127.0.0.1:\(port)"
        if let value = text(.origin) {
            if let checked = Self.checkedOrigin(value) {
                origin = checked
            } else {
                refuse(.origin, value, "it is not the address of a site", "write scheme, host and port only, such as https://agents.ddns.net")
            }
        }
        trustedProxies = .none
        if let value = text(.trustedProxies) {
            if let proxies = TrustedProxies(value) {
                trustedProxies = proxies
            } else {
                refuse(.trustedProxies, value, "it is not a list of addresses and networks", "write them with commas, such as 127.0.0.1, 10.0.0.0/8")
            }
        }
        metricsToken = text(.metricsToken)
        if let token = metricsToken, token.utf8.count < 16 {
            refuse(
                .metricsToken, token, "it is too short to be a secret", "use at least 16 random characters, such as those of `openssl rand -hex 16`")
        }
        mongodb = nil
        if let value = text(.mongodb) {
            do throws(MongoURIProblem) {
                mongodb = try MongoURI(value)
            } catch {
                refuse(.mongodb, value, "\(error)", error.remedy)
            }
        }
        postgres = nil
        if let value = text(.postgres) {
            do throws(PostgresURIProblem) {
                postgres = try PostgresURI(value)
            } catch {
                refuse(.postgres, value, "\(error)", error.remedy)
            }
        }
        accountStore = text(.mongodb) != nil ? .mongodb : text(.postgres) != nil ? .postgres : .sqlite
        if let value = text(.accountStore) {
            if let choice = AccountStoreChoice(rawValue: value) {
                accountStore = choice
                if choice == .mongodb, text(.mongodb) == nil {
                    refuse(.accountStore, value, "MONGODB_URI is not set", "set it, or choose another store")
                }
                if choice == .postgres, text(.postgres) == nil {
                    refuse(.accountStore, value, "POSTGRES_URI is not set", "set it, or choose another store")
                }
            } else {
                refuse(.accountStore, value, "there is no such store", "write sqlite, mongodb or postgres")
            }
        }
        signUp = .closed
        if let value = text(.signUp) {
            if let choice = Accounts.SignUp(rawValue: value) {
                signUp = choice
            } else {
                refuse(.signUp, value, "it is no way to sign up", "write open, invite or closed")
            }
        }
        redis = nil
        if let value = text(.redis) {
            do throws(RedisURLProblem) {
                redis = try RedisURL(value)
            } catch {
                refuse(.redis, value, "it \(error)", "write it as redis://:password@host:6379/0")
            }
        }
        guard let usual = GatewayEndpoint(SettingKey.gateway.defaultText) else { preconditionFailure("the default is an address") }
        gateway = usual
        expectsGateway = text(.gateway) != nil
        if let value = text(.gateway) {
            if let endpoint = GatewayEndpoint(value) {
                gateway = endpoint
            } else {
                refuse(.gateway, value, "it is not the address of a gateway", "write scheme, host and port only, such as http://127.0.0.1:18789")
            }
        }
        gatewayToken = nil
        if let value = text(.gatewayToken) {
            gatewayToken = value
            if text(.gatewayTokenFile) != nil {
                refuse(.gatewayTokenFile, text(.gatewayTokenFile) ?? "", "GATEWAY_AUTH_TOKEN is set too", "set one of the two")
            }
            if let reason = Self.tokenProblem(value) { refuse(.gatewayToken, value, reason, "write the gateway's gateway.auth.token") }
        } else if let path = text(.gatewayTokenFile) {
            do {
                let value = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
                gatewayToken = value
                if let reason = Self.tokenProblem(value) {
                    refuse(.gatewayTokenFile, path, "what is in it cannot be used: \(reason)", "write the gateway's gateway.auth.token into it")
                }
            } catch {
                refuse(.gatewayTokenFile, path, "it cannot be read", "name a file that this program may read")
            }
        }
        gatewayRate = 1
        if let value = text(.gatewayRate) {
            if let number = Int(value), (1...1_000).contains(number) {
                gatewayRate = number
            } else {
                refuse(.gatewayRate, value, "it is not a multiple", "use a whole number from 1 to 1000")
            }
        }
        cacheBytes = 64 << 20
        if let value = text(.cacheBytes) {
            if let number = Int(value), number >= 0 {
                cacheBytes = number
            } else {
                refuse(.cacheBytes, value, "it is not a number of bytes", "use 0 or a whole number, such as 67108864")
            }
        }
        log = .auto
        if let value = text(.log) {
            if let format = LogFormat(rawValue: value) {
                log = format
            } else {
                refuse(.log, value, "it is not a log format", "write json, text or auto")
            }
        }
        guard problems.isEmpty else { throw SettingProblems(problems: problems) }
    }

    /// What the site is made from, as it is worked on.
    var files: SiteFiles { SiteFiles(content: content, templates: templates, publicFolder: publicFolder) }

    /// What was served and is, where ``publish`` is ``PublishMode/apply``.
    var generations: GenerationStore { GenerationStore(folder: "\(data)/generations") }

    /// Where this server is reached from its own machine, without a scheme: `127.0.0.1:3000`, `[::1]:3000`.
    var ownHost: String {
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][hostname] ?? hostname
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// `localhost`, four numbers, or anything with a colon, which only IPv6 has.
    private static func isAddress(_ text: String) -> Bool {
        if text == "localhost" { return true }
        if text.contains(":") { return text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func tokenProblem(_ token: String) -> String? {
        if token.isEmpty { return "it is empty" }
        if token.hasPrefix("CHANGE_ME") { return "it is the example's placeholder" }
        let isPlain = token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? nil : "it has characters that a header field cannot have"
    }

    /// Without a trailing slash; `nil` for anything but `http(s)://host[:port]`.
    private static func checkedOrigin(_ text: String) -> String? {
        var text = text.lowercased()[...]
        if text.hasSuffix("/") { text = text.dropLast() }
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        let authority = text.dropFirst(scheme.count)
        let isPlain = authority.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "-._:[]".unicodeScalars.contains($0))
        }
        guard !authority.isEmpty, isPlain else { return nil }
        if !authority.hasPrefix("["), let colon = authority.firstIndex(of: ":") {
            guard colon > authority.startIndex, UInt16(authority[authority.index(after: colon)...]) != nil else { return nil }
        }
        return String(text)
    }
}
