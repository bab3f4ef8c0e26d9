/// What a piece of code is.
enum Token {
    case keyword, string, comment, number, function, variable, attribute, type, inserted, deleted

    /// The opening tag of a piece of this kind.
    var tag: StaticString {
        switch self {
        case .keyword: "<span class=\"t-k\">"
        case .string: "<span class=\"t-s\">"
        case .comment: "<span class=\"t-c\">"
        case .number: "<span class=\"t-n\">"
        case .function: "<span class=\"t-f\">"
        case .variable: "<span class=\"t-v\">"
        case .attribute: "<span class=\"t-a\">"
        case .type: "<span class=\"t-t\">"
        case .inserted: "<span class=\"t-i\">"
        case .deleted: "<span class=\"t-d\">"
        }
    }
}
