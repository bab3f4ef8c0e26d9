import BlockingCalls
import Crypto
import Foundation
import Identity
import Passwords

extension Accounts {
    /// With the machine's randomness and processors, and with its clock unless another is given.
    init(
        _ stores: Stores, _ settings: ServerSettings, now: @escaping @Sendable () -> Date = { Date() },
        attempts: any AttemptLimiter = MemoryAttemptLimiter(),
        endings: SessionEndings = SessionEndings()
    ) {
        var rules = Settings()
        rules.signUp = settings.signUp
        // Each takes 19 MiB and a processor for a while; more at once would only make all of them slow. Whoever floods the
        // site with sign-ins must not take the processors from pages.
        let calls = BlockingCalls(name: "password hashing", threads: 2, line: 20, wait: .seconds(5), priority: .low, now: { ContinuousClock.now })
        self.init(
            stores: stores, hasher: Argon2id(calls: calls, random: Self.random), attempts: attempts, endings: endings,
            means: Means(
                now: now, makeID: { UUID() }, randomBytes: Self.random, sha256: { SHA256.hash(data: $0).withUnsafeBytes { Array($0) } },
                hmacSHA1: { Array(HMAC<Insecure.SHA1>.authenticationCode(for: $1, using: SymmetricKey(data: $0))) }),
            settings: rules)
    }

    @Sendable private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
