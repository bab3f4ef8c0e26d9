/// What a template can show, or ask for.
///
/// Values stand in HTML, and are escaped for it, unless the template says that they stand in JSON.
enum TemplateValue: Sendable {
    case text(String)
    case flag(Bool)
    case number(Int)
    case context(TemplateContext)
    case list([TemplateValue])
    case mark(TemplateMark)
}

/// What becomes a ``TemplateValue`` where it is put into a ``TemplateContext``.
protocol TemplateConvertible {
    var templateValue: TemplateValue { get }
}

extension TemplateValue: TemplateConvertible {
    var templateValue: TemplateValue { self }
}

extension String: TemplateConvertible {
    var templateValue: TemplateValue { .text(self) }
}

extension Bool: TemplateConvertible {
    var templateValue: TemplateValue { .flag(self) }
}

extension Int: TemplateConvertible {
    var templateValue: TemplateValue { .number(self) }
}

extension TemplateContext: TemplateConvertible {
    var templateValue: TemplateValue { .context(self) }
}

extension TemplateMark: TemplateConvertible {
    var templateValue: TemplateValue { .mark(self) }
}

extension Array: TemplateConvertible where Element: TemplateConvertible {
    // No key path: in generic code it would be made anew each time.
    var templateValue: TemplateValue { .list(map { $0.templateValue }) }
}
