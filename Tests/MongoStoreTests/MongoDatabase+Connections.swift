@testable import MongoStore

extension MongoDatabase {
    /// How many connections the programs of that name have to the server.
    func connections(of name: String) async throws -> Int {
        try await run { client in
            let answer = try client.run(["currentOp": .integer(1), "$all": .bool(true), "appName": .text(name)], in: "admin")
            return answer["inprog"]?.array?.count ?? 0
        }
    }
}
