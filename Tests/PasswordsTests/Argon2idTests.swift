import BlockingCalls
import Identity
import Passwords
import Testing

@Suite struct Argon2idTests {
    private func hasher(memory: UInt32 = 64, threads: Int = 2, line: Int = 20) -> Argon2id {
        var parameters = Argon2id.Parameters()
        parameters.memory = memory
        return Argon2id(
            parameters: parameters, calls: BlockingCalls(name: "hashing", threads: threads, line: line, now: { ContinuousClock.now }),
            random: { count in (0..<count).map { _ in .random(in: 0...255) } })
    }

    @Test func `a password is right for its own hash and wrong for any other`() async throws {
        let hasher = hasher()
        let hash = try await hasher.hash("correct horse")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=64,t=2,p=1$"))
        #expect(try await hasher.verify("correct horse", against: hash) == .right)
        #expect(try await hasher.verify("correct horsf", against: hash) == .wrong)
        #expect(try await hasher.verify("", against: hash) == .wrong)
        #expect(try await hasher.hash("correct horse") != hash)
    }

    @Test func `what everybody uses are the parameters of OWASP`() async throws {
        let hash = try await Argon2id(
            calls: BlockingCalls(name: "hashing", threads: 1, line: 1, now: { ContinuousClock.now }), random: { Array(repeating: 7, count: $0) }
        ).hash("correct horse")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    }

    @Test func `a hash of weaker parameters is to be made anew`() async throws {
        let hash = try await hasher(memory: 32).hash("correct horse")
        #expect(try await hasher(memory: 64).verify("correct horse", against: hash) == .rightButOutdated)
        #expect(try await hasher(memory: 32).verify("correct horse", against: hash) == .right)
    }

    @Test(arguments: [
        "", "$argon2id$", "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "plain",
    ])
    func `a damaged hash lets nobody in`(_ text: String) async throws {
        #expect(try await hasher().verify("correct horse", against: PasswordHash(text)) == .wrong)
    }

    @Test func `for somebody who does not exist it computes as much`() async throws {
        let hasher = hasher(memory: 4_096)
        let hash = try await hasher.hash("correct horse")
        func shortest(_ hash: PasswordHash?) async throws -> Duration {
            var shortest = Duration.seconds(60)
            for _ in 0..<8 {
                let start = ContinuousClock.now
                #expect(try await hasher.verify("wrong", against: hash) == .wrong)
                shortest = min(shortest, ContinuousClock.now - start)
            }
            return shortest
        }
        let (known, unknown) = (try await shortest(hash), try await shortest(nil))
        #expect(unknown > known / 2 && unknown < known * 2, "\(known) and \(unknown)")
    }

    @Test func `more at once than may wait are refused, not queued`() async throws {
        let hasher = hasher(memory: 4_096, threads: 1, line: 2)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        _ = try await hasher.hash("correct horse")
                        return true
                    } catch {
                        return !(error is PasswordHasherBusy)
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true) && outcomes.contains(false))
    }
}
