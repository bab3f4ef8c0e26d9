import Foundation
import FoundationNetworking
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
        guard let url = URL(string: "\(address)\(target)"), url.host != nil else {
            throw Unreachable(description: "\(address) is not the address of a site; write it as http://127.0.0.1:3000")
        }
        var request = URLRequest(url: url, timeoutInterval: 10)
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        let (data, response): (Data, URLResponse)
        do {
            (data, response) = try await URLSession.shared.data(for: request)
        } catch {
            throw Unreachable(
                description: "\(address) does not answer: \(error.localizedDescription); start the server, or name a folder with --against",
                isNobodyThere: (error as? URLError)?.code == .cannotConnectToHost)
        }
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else {
            let remedy = status == 403 ? "set LANDING_METRICS_TOKEN to the server's" : "is it a Landing of this version?"
            throw Unreachable(description: "\(address)\(target) answered \(status); \(remedy)")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: data)
        } catch {
            throw Unreachable(description: "\(address)\(target) answered with something else; is it a Landing of this version?")
        }
    }
}
