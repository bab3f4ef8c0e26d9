import FoundationEssentials
import Identity

/// How a line of the audit trail is written into `auditTrail`, and read from there.
enum AuditDocument {
    static func document(_ event: AuditEvent) -> Document {
        [
            "_id": .id(event.id), "at": .date(event.at), "action": .text(event.action.rawValue), "outcome": .text(event.outcome.rawValue),
            "actor": .id(event.actor), "subject": .id(event.subject), "sessionId": .id(event.sessionID), "address": .text(event.address),
            "userAgent": .text(event.userAgent), "requestId": .text(event.requestID),
            // A list, since names of fields must not hold everything that names of details may.
            "details": .array(event.details.sorted { $0.key < $1.key }.map { .document(["name": .text($0.key), "value": .text($0.value)]) }),
        ]
    }

    static func event(_ document: Document) -> AuditEvent? {
        guard let id = document["_id"]?.id, let at = document["at"]?.date, let action = document["action"]?.text,
            let outcome = document["outcome"]?.text.flatMap(AuditEvent.Outcome.init(rawValue:))
        else { return nil }
        let details = (document["details"]?.array ?? []).compactMap { value -> (String, String)? in
            guard let detail = value.document, let name = detail["name"]?.text, let value = detail["value"]?.text else { return nil }
            return (name, value)
        }
        return AuditEvent(
            id: id, at: at, action: AuditAction(rawValue: action), outcome: outcome, actor: document["actor"]?.id, subject: document["subject"]?.id,
            sessionID: document["sessionId"]?.id, address: document["address"]?.text, userAgent: document["userAgent"]?.text ?? "",
            requestID: document["requestId"]?.text, details: Dictionary(details) { first, _ in first })
    }
}
