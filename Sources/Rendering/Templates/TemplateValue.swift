/// What a value of a context is. Told by its type first: a cast that fails costs more than all of the rest.
enum TemplateValue {
    case text(String)
    case flag(Bool)
    case number(Int)
    case context([String: Any])
    case list([Any])
    case mark(TemplateMark)
    case other

    init(_ value: Any) {
        let type = type(of: value)
        if type == String.self, let text = value as? String {
            self = .text(text)
        } else if type == Bool.self, let flag = value as? Bool {
            self = .flag(flag)
        } else if type == [String: Any].self, let context = value as? [String: Any] {
            self = .context(context)
        } else if type == [[String: Any]].self, let list = value as? [[String: Any]] {
            self = .list(list)
        } else {
            self.init(rare: value)
        }
    }

    private init(rare value: Any) {
        switch value {
        case let number as Int: self = .number(number)
        case let mark as TemplateMark: self = .mark(mark)
        case let text as String: self = .text(text)
        case let flag as Bool: self = .flag(flag)
        case let context as [String: Any]: self = .context(context)
        case let list as [Any]: self = .list(list)
        case let other as any LosslessStringConvertible: self = .text(other.description)
        default: self = .other
        }
    }
}
