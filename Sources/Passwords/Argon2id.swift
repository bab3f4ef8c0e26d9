public import BlockingCalls
import CArgon2
import FoundationEssentials
public import Identity

/// Argon2id (RFC 9106) on threads of its own, a bounded number at once.
public struct Argon2id: PasswordHasher {
    /// OWASP, "Password Storage": 19 MiB, two passes, one lane.
    public struct Parameters: Sendable, Equatable {
        /// KiB.
        public var memory: UInt32 = 19_456
        public var passes: UInt32 = 2
        public var lanes: UInt32 = 1

        public init() {}
    }

    private static let saltLength = 16
    private static let hashLength = 32

    private let parameters: Parameters
    private let calls: BlockingCalls
    private let salt: @Sendable (Int) -> [UInt8]
    /// What unknown people's passwords are compared with.
    private let nobody: PasswordHash

    /// - Parameters:
    ///   - calls: where it computes; each call takes ``Parameters/memory``.
    ///   - random: that many bytes from a cryptographic source.
    public init(parameters: Parameters = Parameters(), calls: BlockingCalls, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.parameters = parameters
        self.calls = calls
        salt = random
        nobody = Self.nobody(parameters, salt: random(Self.saltLength), hash: random(Self.hashLength))
    }

    /// Takes as long to compare with as any other, and is no password's that anybody could find.
    private static func nobody(_ parameters: Parameters, salt: [UInt8], hash: [UInt8]) -> PasswordHash {
        func base64(_ bytes: [UInt8]) -> String { String(Data(bytes).base64EncodedString().prefix { $0 != "=" }) }
        let cost = "m=\(parameters.memory),t=\(parameters.passes),p=\(parameters.lanes)"
        return PasswordHash("$argon2id$v=19$\(cost)$\(base64(salt))$\(base64(hash))")
    }

    public func hash(_ password: String) async throws -> PasswordHash {
        let (parameters, salt) = (parameters, salt(Self.saltLength))
        return try await run { Self.compute(password, parameters, salt: salt) }
    }

    public func verify(_ password: String, against hash: PasswordHash?) async throws -> PasswordVerdict {
        let kept = hash ?? nobody
        let matches = try await run { Self.matches(password, kept) }
        guard matches, hash != nil else { return .wrong }
        return Self.parameters(of: kept).map { $0.isWeaker(than: parameters) } ?? true ? .rightButOutdated : .right
    }

    private func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws -> Result {
        do {
            return try await calls.run(body)
        } catch is BlockingCalls.Busy {
            throw PasswordHasherBusy()
        }
    }

    // MARK: C

    private static func compute(_ password: String, _ parameters: Parameters, salt: [UInt8]) -> PasswordHash {
        let length = argon2_encodedlen(
            parameters.passes, parameters.memory, parameters.lanes, UInt32(salt.count), UInt32(hashLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        var password = Array(password.utf8)
        let code = unsafe argon2id_hash_encoded(
            parameters.passes, parameters.memory, parameters.lanes, &password, password.count, salt, salt.count, hashLength, &encoded, length)
        // The parameters are our own: the only other cause is that there is no memory left, and then nothing helps.
        precondition(code == ARGON2_OK.rawValue, "argon2: error \(code)")
        let end = encoded.firstIndex(of: 0) ?? encoded.endIndex
        return PasswordHash(String(decoding: encoded[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// `false` too for a hash that is damaged, or that asks for more than we would ever compute.
    private static func matches(_ password: String, _ hash: PasswordHash) -> Bool {
        guard let parameters = parameters(of: hash), parameters.memory <= 1 << 18, parameters.passes <= 16, parameters.lanes <= 8 else {
            return false
        }
        var password = Array(password.utf8)
        let encoded = hash.text.utf8.map { CChar(bitPattern: $0) } + [0]
        return unsafe argon2id_verify(encoded, &password, password.count) == ARGON2_OK.rawValue
    }

    /// Of a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$…`; `nil` where it is none.
    private static func parameters(of hash: PasswordHash) -> Parameters? {
        let fields = hash.text.split(separator: "$")
        guard fields.count == 5, fields[0] == "argon2id", fields[1] == "v=19" else { return nil }
        var found = Parameters()
        for field in fields[2].split(separator: ",") {
            guard let value = UInt32(field.dropFirst(2)) else { return nil }
            switch field.prefix(2) {
            case "m=": found.memory = value
            case "t=": found.passes = value
            case "p=": found.lanes = value
            default: return nil
            }
        }
        return found
    }
}

extension Argon2id.Parameters {
    fileprivate func isWeaker(than other: Self) -> Bool { memory < other.memory || passes < other.passes }
}
