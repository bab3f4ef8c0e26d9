import FoundationEssentials
import Identity

/// How a session is written into `sessions`, and read from there.
enum SessionDocument {
    static func document(_ session: Session) -> Document {
        [
            "_id": .id(session.id), "userId": .id(session.userID), "tokenHash": .bytes(session.tokenHash), "createdAt": .date(session.createdAt),
            "lastSeenAt": .date(session.lastSeenAt), "expiresAt": .date(session.expiresAt), "method": .text(session.method.rawValue),
            "address": .text(session.address), "userAgent": .text(session.userAgent),
        ]
    }

    static func session(_ document: Document) -> Session? {
        guard let id = document["_id"]?.id, let userID = document["userId"]?.id, let tokenHash = document["tokenHash"]?.bytes,
            let createdAt = document["createdAt"]?.date, let lastSeenAt = document["lastSeenAt"]?.date,
            let expiresAt = document["expiresAt"]?.date, let method = document["method"]?.text.flatMap(SignInMethod.init(rawValue:))
        else { return nil }
        return Session(
            id: id, userID: userID, tokenHash: tokenHash, createdAt: createdAt, lastSeenAt: lastSeenAt, expiresAt: expiresAt, method: method,
            address: document["address"]?.text, userAgent: document["userAgent"]?.text ?? "")
    }
}
