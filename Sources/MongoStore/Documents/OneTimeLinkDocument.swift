import FoundationEssentials
import Identity

/// How a one-time link is written into `oneTimeLinks`, and read from there.
enum OneTimeLinkDocument {
    static func document(_ link: OneTimeLink) -> Document {
        [
            "_id": .bytes(link.tokenHash), "purpose": .text(link.purpose.rawValue), "userId": .id(link.userID), "role": .text(link.role.rawValue),
            "email": .text(link.email?.text), "createdAt": .date(link.createdAt), "expiresAt": .date(link.expiresAt),
        ]
    }

    /// What Landing cannot read in full opens nothing.
    static func link(_ document: Document) -> OneTimeLink? {
        guard let tokenHash = document["_id"]?.bytes, let purpose = document["purpose"]?.text.flatMap(OneTimeLink.Purpose.init(rawValue:)),
            let role = document["role"]?.text.flatMap(Role.init(rawValue:)), let createdAt = document["createdAt"]?.date,
            let expiresAt = document["expiresAt"]?.date
        else { return nil }
        let userID = document["userId"]?.id
        let email = document["email"]?.text.flatMap { EmailAddress($0) }
        // A link for one person must not become one for whoever has it.
        guard (userID == nil) == isMissing(document["userId"]), (email == nil) == isMissing(document["email"]) else { return nil }
        return OneTimeLink(
            tokenHash: tokenHash, purpose: purpose, userID: userID, role: role, email: email, createdAt: createdAt, expiresAt: expiresAt)
    }

    private static func isMissing(_ value: BSONValue?) -> Bool { value == nil || value == .null }
}
