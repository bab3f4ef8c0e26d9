/// What an operator may do.
struct OperatorScopes: Equatable {
    var names: [String]

    static let known: Set<String> = [
        "operator.read", "operator.write", "operator.admin", "operator.approvals", "operator.pairing", "operator.questions", "operator.talk",
        "operator.talk.secrets",
    ]

    /// What the shared secret is worth over HTTP.
    static let owner = OperatorScopes(names: known.sorted())

    /// Writing implies reading, administration everything.
    func allow(_ scope: String) -> Bool {
        names.contains(scope) || names.contains("operator.admin") || (scope == "operator.read" && names.contains("operator.write"))
    }
}
