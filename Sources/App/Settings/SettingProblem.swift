/// A value that cannot be used: which, why, and what to write instead.
struct SettingProblem: Sendable, Equatable, CustomStringConvertible {
    let key: SettingKey
    let value: String
    let reason: String
    let remedy: String

    var description: String { "\(key.rawValue)=\(key.isSecret ? "(hidden)" : value): \(reason); \(remedy)" }
}

/// Settings that stop the start.
struct SettingProblems: Error, CustomStringConvertible {
    let problems: [SettingProblem]

    var description: String { problems.map(\.description).joined(separator: "\n") }
}
