import Foundation
import SQLiteStore
import Site
import StoreContracts
import TestSupport
import Testing

@Suite struct SQLiteContactMessageStoreTests {
    @Test(arguments: ContactMessageStoreContract.allCases)
    func `keeps the contract of contact messages`(_ promise: ContactMessageStoreContract) async throws {
        let folder = try TemporaryFolder()
        try await promise.check(SQLiteContactMessageStore(SQLiteDatabase(path: "\(folder.path)/landing.sqlite")))
    }

    @Test func `messages are there after the file is opened again`() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/landing.sqlite"
        let message = ContactMessage(id: UUID(), receivedAt: Date(timeIntervalSince1970: 0), name: "A", email: "a@example.org", message: "Hello")
        try await SQLiteContactMessageStore(SQLiteDatabase(path: path)).add(message)
        let found = try await SQLiteContactMessageStore(SQLiteDatabase(path: path)).messages(limit: 1)
        #expect(found == [message])
    }

    @Test func `a file that is no database is reported, not overwritten`() throws {
        let folder = try TemporaryFolder(["landing.sqlite": "these are not the bytes of a database, but somebody wants to keep them"])
        #expect(throws: StoreUnavailable.self) { try SQLiteDatabase(path: "\(folder.path)/landing.sqlite") }
        #expect(try folder.text("landing.sqlite").hasPrefix("these are not"))
    }
}
