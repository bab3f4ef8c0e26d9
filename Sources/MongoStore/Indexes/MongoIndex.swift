/// An index as Landing needs it.
struct MongoIndex: Sendable {
    /// What it is for, and so which others do as well.
    enum Purpose: Sendable, Equatable {
        /// Makes finding faster; any index of these fields does.
        case order
        /// No two documents may have the same value.
        /// - Parameter isSparse: those without one may be many.
        case unique(isSparse: Bool)
        /// MongoDB removes what has ended; Landing does so too, so another delay does no harm.
        case end
    }

    let collection: String
    /// Each with 1 for ascending and -1 for descending.
    let fields: [(name: String, direction: Int64)]
    let purpose: Purpose

    private var key: Document { Document(fields.map { Document.Field(name: $0.name, value: .integer($0.direction)) }) }

    /// As MongoDB names it where nobody says otherwise, so that an index of somebody's script is the same one.
    private var name: String { fields.map { "\($0.name)_\($0.direction)" }.joined(separator: "_") }

    private var specification: Document {
        var specification: Document = ["key": .document(key), "name": .text(name)]
        switch purpose {
        case .order: break
        case .unique(let isSparse):
            specification.append("unique", .bool(true))
            if isSparse { specification.append("sparse", .bool(true)) }
        case .end: specification.append("expireAfterSeconds", .integer(0))
        }
        return specification
    }

    /// Makes it, unless it is there, or one that does as well.
    ///
    /// - Returns: what people should know of the one that is there; `nil` where it is the one that was asked for.
    /// - Throws: a ``MongoFailure``; if an index that is there must be replaced, it says so.
    func make(_ client: borrowing MongoClient, in database: String) throws(MongoFailure) -> String? {
        do {
            try client.write(
                ["createIndexes": .text(collection), "indexes": .array([.document(specification)])], in: database)
            return nil
        } catch {
            if error.isOtherIndex { return try judge(existing(client, in: database)) }
            guard error.isDuplicate else { throw error }
            throw MongoFailure(
                message: "documents in \(database).\(collection) have the same \(fields[0].name); it must be unique, so remove or change all but one",
                isUnreachable: false)
        }
    }

    private func existing(_ client: borrowing MongoClient, in database: String) throws(MongoFailure) -> [Document] {
        let answer = try client.run(["listIndexes": .text(collection), "cursor": .document(["batchSize": .integer(1_000)])], in: database)
        return (answer["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document)
    }

    private func judge(_ existing: [Document]) throws(MongoFailure) -> String? {
        let ofSameFields = existing.filter { index in
            guard let key = index["key"]?.document else { return false }
            return key.fields.map(\.name) == fields.map(\.name) && key.fields.map(\.value.integer) == fields.map { Optional($0.direction) }
        }
        let place = "\(collection) has the index \(ofSameFields.first?["name"]?.text ?? name)"
        switch purpose {
        case .order where !ofSameFields.isEmpty: return nil
        case .unique:
            guard !ofSameFields.contains(where: { $0["unique"]?.bool == true && $0["partialFilterExpression"] == nil }) else { return nil }
            throw MongoFailure(
                message: "\(place), which does not keep \(fields[0].name) unique: drop it, and Landing makes the right one", isUnreachable: false)
        case .end where !ofSameFields.isEmpty:
            guard let delay = ofSameFields.compactMap({ $0["expireAfterSeconds"]?.integer }).first else {
                return "\(place) without expireAfterSeconds: what has ended is removed by Landing alone"
            }
            return delay == 0 ? nil : "\(place) with expireAfterSeconds \(delay): MongoDB removes what has ended so much later, Landing at its time"
        case .order, .end:
            return "an index of other fields has the name \(name) in \(collection): Landing does without its own"
        }
    }
}
