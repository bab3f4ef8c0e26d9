import Foundation
import Identity
import MongoStore
import Site
import TestSupport
import Testing

extension MongoTests {
    @Suite struct IndexTests {
        @Test func `indexes are made, and made twice without harm`() async throws {
            try await TestDatabase.run { test, place in
                try await test.database.prepare()
                let first = try await place.command(#"{"listIndexes": "sessions"}"#)
                try await TestDatabase.run(place.uri) { again in
                    try await again.database.prepare()
                    #expect(again.warnings.all.isEmpty)
                }
                for name in ["userId_1", "expiresAt_1", "tokenHash_1"] { #expect(first.contains(#""name" : "\#(name)""#)) }
                #expect(first.contains(#""expireAfterSeconds" : 0"#))
                #expect(try await place.command(#"{"listIndexes": "oneTimeLinks"}"#).contains(#""expireAfterSeconds" : 0"#))
                #expect(try await place.command(#"{"listIndexes": "events"}"#).contains("at_-1"))
            }
        }

        @Test func `the indexes of the stack's own script are taken as they are`() async throws {
            try await TestDatabase.run { test, place in
                try await place.command(
                    #"""
                    {"createIndexes": "users", "indexes": [
                        {"key": {"email": 1}, "name": "email_1", "unique": true}, {"key": {"createdAt": 1}, "name": "createdAt_1"}
                    ]}
                    """#)
                try await place.command(
                    #"""
                    {"createIndexes": "sessions", "indexes": [
                        {"key": {"userId": 1}, "name": "userId_1"},
                        {"key": {"expiresAt": 1}, "name": "expiresAt_1", "expireAfterSeconds": 0}
                    ]}
                    """#)
                try await test.database.prepare()
                #expect(test.warnings.all.isEmpty)
            }
        }

        @Test(arguments: [
            (#"{"key": {"expiresAt": 1}, "name": "expiresAt_1", "expireAfterSeconds": 3600}"#, "3600"),
            (#"{"key": {"expiresAt": 1}, "name": "mine", "expireAfterSeconds": 60}"#, "60"),
            (#"{"key": {"expiresAt": 1}, "name": "expiresAt_1"}"#, "without expireAfterSeconds"),
            (#"{"key": {"method": 1}, "name": "expiresAt_1"}"#, "other fields"),
        ])
        func `another index for the end of sessions is told of, and does not stop the start`(_ index: String, _ warning: String) async throws {
            try await TestDatabase.run { test, place in
                try await place.command(#"{"createIndexes": "sessions", "indexes": [\#(index)]}"#)
                try await test.database.prepare()
                #expect(test.warnings.all.count == 1 && test.warnings.all[0].contains(warning), "\(test.warnings.all)")
            }
        }

        @Test func `an index that is not unique and two accounts with one address are explained`() async throws {
            try await TestDatabase.run { test, place in
                try await place.command(#"{"createIndexes": "users", "indexes": [{"key": {"email": 1}, "name": "email_1"}]}"#)
                let error = await #expect(throws: StoreUnavailable.self) { try await test.database.prepare() }
                #expect(error?.reason.contains("drop it") == true, "\(error?.reason ?? "")")
                try await place.command(#"{"dropIndexes": "users", "index": "email_1"}"#)
                try await place.command(#"{"insert": "users", "documents": [{"email": "a@example.org"}, {"email": "a@example.org"}]}"#)
                let other = await #expect(throws: StoreUnavailable.self) { try await test.users.user(UUID()) }
                #expect(other?.reason.contains("have the same email") == true, "\(other?.reason ?? "")")
                try await place.command(#"{"delete": "users", "deletes": [{"q": {}, "limit": 1}]}"#)
                #expect(try await test.users.user(UUID()) == nil)
            }
        }

        @Test func `MongoDB removes sessions at their end`() async throws {
            let server = try await MongoServer(options: ["--setParameter", "ttlMonitorSleepSecs=1"])
            try await TestDatabase.run(server.uri()) { test in
                let userID = UUID()
                func session(_ end: TimeInterval) -> Session {
                    let time = Date(timeIntervalSince1970: 1_000)
                    return Session(
                        id: UUID(), userID: userID, tokenHash: Array(UUID().uuidString.utf8), createdAt: time, lastSeenAt: time,
                        expiresAt: Date(timeIntervalSince1970: end), method: .password, address: nil, userAgent: "")
                }
                let lasting = session(Date().timeIntervalSince1970.rounded() + 3_600)
                for session in [session(2_000), lasting] { try await test.sessions.add(session) }
                #expect(try await eventually { try await test.sessions.sessions(of: userID) == [lasting] } != nil)
                let answer = try await server.command(
                    #"{"find": "sessions", "filter": {"expiresAt": {"$gt": {"$date": "2001-01-01T00:00:00Z"}}}}"#, in: "landing")
                #expect(answer.contains(lasting.id.uuidString.lowercased()))
            }
        }
    }
}
