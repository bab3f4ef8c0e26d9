import FoundationEssentials
import Identity

/// How an account is written into `users`, and read from there.
enum UserDocument {
    static func document(_ user: User) -> Document { Document([.init(name: "_id", value: .id(user.id))] + fields(user)) }

    /// What makes the document of an account hold `user`, and leaves the fields of other programs.
    static func change(_ user: User) -> Document { ["$set": .document(Document(fields(user)))] }

    static func user(_ document: Document) -> User? {
        // Upper case would be another account to every query.
        guard let text = document["_id"]?.text, let id = UUID(uuidString: text), text == id.uuidString.lowercased(),
            let address = document["email"]?.text, let email = EmailAddress(address), email.text.utf8.elementsEqual(address.utf8)
        else { return nil }
        let name = document["name"]?.text ?? ""
        return User(
            id: id, email: email, name: name.isEmpty ? address : name, role: document["role"]?.text.flatMap(Role.init(rawValue:)) ?? .user,
            password: document["passwordHash"]?.text.map(PasswordHash.init), secondFactor: document["twoFactor"]?.document.flatMap(secondFactor),
            createdAt: document["createdAt"]?.date ?? Date(timeIntervalSince1970: 0), passwordChangedAt: document["passwordChangedAt"]?.date,
            lockedAt: document["lockedAt"]?.date, version: Int(document["version"]?.integer ?? 0))
    }

    private static func fields(_ user: User) -> [Document.Field] {
        [
            .init(name: "email", value: .text(user.email.text)),
            .init(name: "name", value: .text(user.name)),
            .init(name: "role", value: .text(user.role.rawValue)),
            .init(name: "passwordHash", value: .text(user.password?.text)),
            .init(name: "twoFactor", value: user.secondFactor.map { .document(document($0)) } ?? .null),
            .init(name: "createdAt", value: .date(user.createdAt)),
            .init(name: "passwordChangedAt", value: .date(user.passwordChangedAt)),
            .init(name: "lockedAt", value: .date(user.lockedAt)),
            .init(name: "version", value: .integer(Int64(user.version))),
        ]
    }

    private static func document(_ factor: SecondFactor) -> Document {
        [
            "secret": .bytes(factor.secret), "confirmed": .bool(factor.isConfirmed), "lastStep": .integer(factor.lastStep),
            "recoveryHashes": .array(factor.recoveryHashes.map(BSONValue.bytes(_:))),
        ]
    }

    private static func secondFactor(_ document: Document) -> SecondFactor? {
        guard let secret = document["secret"]?.bytes else { return nil }
        return SecondFactor(
            secret: secret, isConfirmed: document["confirmed"]?.bool ?? false, lastStep: document["lastStep"]?.integer ?? 0,
            recoveryHashes: (document["recoveryHashes"]?.array ?? []).compactMap(\.bytes))
    }
}
