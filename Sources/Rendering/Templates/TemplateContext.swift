/// What a template is filled with: values by name, in the order in which they were put in.
///
/// Contexts are small and are made anew for each page: a list is quicker than a table, to make and to look into.
struct TemplateContext: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var entries: [Entry]

    struct Entry: Sendable {
        let name: String
        var value: TemplateValue
    }

    /// - Parameter entries: each of a name of its own. Quicker than a literal, whose values are boxed first.
    init(_ entries: [Entry]) { self.entries = entries }

    /// A value that is `nil` is not there.
    init(dictionaryLiteral elements: (String, (any TemplateConvertible)?)...) {
        entries = []
        entries.reserveCapacity(elements.count + 8)
        for (name, value) in elements {
            if let value { entries.append(Entry(name: name, value: value.templateValue)) }
        }
    }

    subscript(name: String) -> (any TemplateConvertible)? {
        get { value(of: name) }
        set {
            let index = entries.firstIndex { $0.name == name }
            switch (index, newValue?.templateValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Adds the values of `other`, which count where both have one of a name.
    mutating func add(_ other: TemplateContext) {
        for entry in other.entries { self[entry.name] = entry.value }
    }

    func value(of name: String) -> TemplateValue? {
        for entry in entries where entry.name == name { return entry.value }
        return nil
    }
}
