/// The methods that are told apart: strangers can invent any number of others.
enum HTTPMethodLabel: Int {
    case get, head, post, put, patch, delete, options, other

    static let count = 8

    init(_ method: String) {
        self =
            switch method {
            case "GET": .get
            case "HEAD": .head
            case "POST": .post
            case "PUT": .put
            case "PATCH": .patch
            case "DELETE": .delete
            case "OPTIONS": .options
            default: .other
            }
    }

    var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other: "other"
        }
    }
}
