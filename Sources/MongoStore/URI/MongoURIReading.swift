import Site

/// The one way to read a URI behind its scheme.
struct MongoURIReading {
    let credentials: MongoCredentials?
    let target: MongoTarget
    private let isService: Bool

    /// Tries every `@` as the one that ends the credentials, and none.
    init(_ text: Substring, isService: Bool) throws(MongoURIProblem) {
        var readings: [Self] = []
        var isAmbiguousPassword = false
        for at in text.indices where text[at] == "@" {
            guard let target = Self.target(text[text.index(after: at)...], isService) else { continue }
            do {
                readings.append(Self(credentials: try MongoCredentials(text[..<at]), target: target, isService: isService))
            } catch {
                if case .ambiguous = error { isAmbiguousPassword = true }
            }
        }
        if let target = Self.target(text, isService) { readings.append(Self(credentials: nil, target: target, isService: isService)) }
        guard let reading = readings.first, readings.count == 1, !isAmbiguousPassword else {
            guard readings.isEmpty, !isAmbiguousPassword else { throw Self.ambiguity(text, isService) }
            throw Self.problem(text, isService)
        }
        self = reading
    }

    private init(credentials: MongoCredentials?, target: MongoTarget, isService: Bool) {
        self.credentials = credentials
        self.target = target
        self.isService = isService
    }

    /// The whole URI, encoded, with other options.
    func text(_ options: [MongoTarget.Option]) -> String { text(options, credentials: credentials?.encoded) }

    private func text(_ options: [MongoTarget.Option], credentials: String?) -> String {
        var text = "mongodb\(isService ? "+srv" : "")://"
        if let credentials { text += "\(credentials)@" }
        text += "\(target.hosts.joined(separator: ","))/\(target.database.map(PercentEncoding.encodeReserved) ?? "")"
        if !options.isEmpty { text += "?" + options.map { "\($0.name)=\($0.value)" }.joined(separator: "&") }
        return text
    }

    private static func target(_ text: Substring, _ isService: Bool) -> MongoTarget? {
        // What is wrong with it matters only where no other reading is right.
        try? MongoTarget(text, isService: isService)
    }

    private static func ambiguity(_ text: Substring, _ isService: Bool) -> MongoURIProblem {
        let reason = "can be read in more than one way. \(MongoURIProblem.encoding); in an option, write @ as %40"
        guard let at = text.lastIndex(of: "@"), let target = target(text[text.index(after: at)...], isService) else { return MongoURIProblem(reason) }
        let name = text[..<at].prefix { $0 != ":" }
        guard name.endIndex < at, let user = PercentEncoding.decodeStrictly(name) else { return MongoURIProblem(reason) }
        // The password as it stands.
        let credentials = MongoCredentials(user: user, password: String(text[text.index(after: name.endIndex)..<at]))
        let reading = Self(credentials: credentials, target: target, isService: isService)
        return MongoURIProblem(
            reason, encodedForm: reading.text(target.options),
            hiddenForm: reading.text([], credentials: "\(PercentEncoding.encodeReserved(user)):***"))
    }

    private static func problem(_ text: Substring, _ isService: Bool) -> MongoURIProblem {
        let end = text.lastIndex(of: "@")
        if end == text.startIndex { return MongoURIProblem("has no user before the @") }
        do throws(MongoTarget.Problem) {
            _ = try MongoTarget(text[(end.map { text.index(after: $0) } ?? text.startIndex)...], isService: isService)
        } catch {
            switch error {
            case .host:
                return MongoURIProblem("has no valid host; write mongodb://host:27017, and an IPv6 address in brackets: mongodb://[::1]:27017")
            case .port: return MongoURIProblem("has a port that is no number from 1 to 65535. \(MongoURIProblem.encoding)")
            case .database:
                return MongoURIProblem("has a database whose name holds a character that MongoDB does not allow, or is longer than 63 bytes")
            case .option: return MongoURIProblem("has an option that is not of the form name=value. \(MongoURIProblem.encoding)")
            case .hostOfService: return MongoURIProblem("must have one host without a port behind mongodb+srv://")
            }
        }
        return MongoURIProblem("has a user that holds a reserved character. \(MongoURIProblem.encoding)")
    }
}
