import Foundation
import NIOCore
import Site
import Web

/// What a plan compares files with: a running site, or another folder of notes.
enum ServedSite {
    struct Unreachable: Error, CustomStringConvertible {
        let description: String
        /// Nothing listens at the address.
        var isNobodyThere = false
    }

    /// What the site at `address` serves; at most 10 s.
    static func summary(at address: String, token: String?) async throws -> SiteSummary {
        try await ask("/api/site", at: address, token: token)
    }

    /// What it says of one address.
    static func explanation(of path: String, at address: String, token: String?) async throws -> Explanation {
        try await ask("\(PercentEncoding.encodePath(path))?why", at: address, token: token)
    }

    private static func ask<Answer: Decodable>(_ target: String, at address: String, token: String?) async throws -> Answer {
        guard let question = SiteQuestion("\(address)\(target)") else {
            throw Unreachable(description: "\(address) is not the address of a site; write it as http://127.0.0.1:3000")
        }
        let answer: SiteQuestion.Answer
        do {
            answer = try await question.ask([("accept", "application/json")] + (token.map { [("authorization", "Bearer \($0)")] } ?? []))
        } catch {
            throw Unreachable(
                description: "\(address) does not answer: \(error); start the server, or name a folder with --against",
                isNobodyThere: error.isNobodyThere)
        }
        guard answer.status == 200 else {
            let remedy = answer.status == 403 ? "set LANDING_METRICS_TOKEN to the server's" : "is it a Landing of this version?"
            throw Unreachable(description: "\(address)\(target) answered \(answer.status); \(remedy)")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(answer.body.readableBytesView))
        } catch {
            throw Unreachable(description: "\(address)\(target) answered with something else; is it a Landing of this version?")
        }
    }
}
