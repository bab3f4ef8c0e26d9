import Foundation
import Identity
import MongoStore
import TestSupport
import Testing

extension MongoTests {
    /// What the other programs of the stack write into the same collections.
    @Suite struct ForeignDocumentTests {
        private let time = Date(timeIntervalSince1970: 1_790_000_000)
        private let id = UUID()

        @Test func `accounts of other programs are passed over, and their addresses are taken`() async throws {
            try await TestDatabase.run { test, place in
                try await place.command(
                    #"""
                    {"insert": "users", "documents": [
                        {"email": "a@example.org", "name": "From the portal", "role": "admin", "createdAt": {"$date": "2026-01-01T00:00:00Z"}},
                        {"_id": 7, "email": "b@example.org"}, {"_id": "ann", "email": "c@example.org", "role": "admin"},
                        {"_id": "\#(UUID().uuidString.lowercased())", "email": "Upper@Example.org"},
                        {"_id": "\#(UUID().uuidString.lowercased())", "email": ["list"], "name": {"first": "A"}},
                        {"_id": "\#(UUID().uuidString)", "email": "d@example.org"}, {"name": "nobody"}
                    ]}
                    """#)
                var expected: [User] = []
                for number in 0..<5 {
                    let email = try #require(EmailAddress("person\(number)@example.org"))
                    expected.append(User(id: UUID(), email: email, name: "P", role: .user, createdAt: time))
                    try await test.users.add(expected[number])
                }
                #expect(try await test.users.users(matching: nil, after: nil, limit: 5) == expected)
                #expect(try await test.users.users(matching: "person", after: nil, limit: 3) == Array(expected.prefix(3)))
                #expect(try await test.users.count(.admin) == 0)
                let taken = try #require(EmailAddress("a@example.org"))
                #expect(try await test.users.user(email: taken) == nil)
                await #expect(throws: UserConflict.emailTaken) {
                    try await test.users.add(User(id: UUID(), email: taken, name: "P", role: .user, createdAt: time))
                }
            }
        }

        @Test func `an account made by hand is read as far as possible, and changed`() async throws {
            try await TestDatabase.run { test, place in
                try await place.command(
                    #"""
                    {"insert": "users", "documents": [
                        {"_id": "\#(id.uuidString.lowercased())", "email": "hand@example.org", "role": "owner", "theme": "dark"}
                    ]}
                    """#)
                var user = try #require(try await test.users.user(id))
                #expect(user.name == "hand@example.org" && user.role == .user && user.version == 0 && user.password == nil)
                #expect(try await test.users.count(.user) == 1)
                user.name = "Hand"
                user = try await test.users.update(user)
                #expect(user.version == 1)
                #expect(try await test.users.user(id) == user)
                #expect(try await place.command(#"{"find": "users"}"#).contains("dark"))
            }
        }

        @Test func `sessions of other programs are passed over, and go with all of an account`() async throws {
            try await TestDatabase.run { test, place in
                let owner = id.uuidString.lowercased()
                try await place.command(
                    #"""
                    {"insert": "sessions", "documents": [
                        {"userId": "\#(owner)", "expiresAt": {"$date": "2001-01-01T00:00:00Z"}}, {"userId": "\#(owner)"}, {"sid": "x"},
                        {"_id": {"$binary": {"base64": "AAAAAAAAAAAAAAAAAAAAAA==", "subType": "04"}}, "userId": "\#(owner)", "tokenHash": "text"}
                    ]}
                    """#)
                let session = Session(
                    id: UUID(), userID: id, tokenHash: [1, 2, 3], createdAt: time, lastSeenAt: time, expiresAt: time, method: .password, address: nil,
                    userAgent: "")
                try await test.sessions.add(session)
                #expect(try await test.sessions.sessions(of: id) == [session])
                #expect(try await test.sessions.removeExpired(at: time, lastSeenBefore: time) == 1)
                try await test.sessions.add(session)
                #expect(try await test.sessions.removeAll(of: id, except: nil) == [session])
                #expect(try await !place.command(#"{"find": "sessions"}"#).contains(owner))
                #expect(try await place.command(#"{"find": "sessions"}"#).contains(#""sid""#))
            }
        }

        @Test func `events and lines of other programs are passed over`() async throws {
            try await TestDatabase.run { test, place in
                try await place.command(
                    #"""
                    {"insert": "events", "documents": [
                        {"at": {"$date": "2001-01-01T00:00:00Z"}, "type": "deploy"}, {"type": "deploy", "payload": {"at": 1}}, {"at": "yesterday"},
                        {"_id": "\#(UUID().uuidString.lowercased())", "at": {"$date": "2040-01-01T00:00:00Z"},
                         "source": "n8n", "kind": "run", "text": "x", "userId": 7}
                    ]}
                    """#)
                try await place.command(#"{"insert": "auditTrail", "documents": [{"at": {"$date": "2040-01-01T00:00:00Z"}}, {"who": "me"}]}"#)
                let event = StackEvent(id: UUID(), at: time, source: "landing", kind: "start", text: "Started.")
                try await test.events.append(event)
                #expect(try await test.events.recent(of: nil, limit: 1) == [event])
                #expect(try await test.events.recent(of: id, limit: 10) == [event])
                #expect(try await test.events.remove(before: time.addingTimeInterval(1)) == 1)
                #expect(try await place.command(#"{"count": "events"}"#).contains(#""n" : 4"#))
                let line = AuditEvent(id: UUID(), at: time, action: .signIn)
                try await test.audit.append(line)
                #expect(try await test.audit.events(AuditQuery(limit: 1)) == [line])
            }
        }

        @Test func `what Landing writes is plain for others to read`() async throws {
            try await TestDatabase.run { test, place in
                let user = User(
                    id: id, email: try #require(EmailAddress("ann@example.org")), name: "Ann", role: .author, password: PasswordHash("$argon2id$x"),
                    secondFactor: SecondFactor(secret: [1, 2]), createdAt: time)
                try await test.users.add(user)
                let text = try await place.command(#"{"find": "users", "projection": {"_id": 1, "role": 1, "createdAt": 1, "twoFactor": 1}}"#)
                #expect(text.contains(#""_id" : "\#(id.uuidString.lowercased())""#) && text.contains(#""role" : "author""#))
                #expect(text.contains(#""createdAt" : { "$date" : "#) && text.contains(#""secret" : { "$binary" : { "base64" : "AQI=""#))
            }
        }
    }
}
