/// One problem in what an author or operator wrote: where it is, what it is,
/// and how to mend it.
public struct Diagnostic: Hashable, Sendable, Comparable, CustomStringConvertible {
    public enum Severity: String, Sendable, Comparable {
        case error, warning

        public static func < (a: Severity, b: Severity) -> Bool { a == .error && b == .warning }
    }

    /// Path of the file, as the author would name it.
    public var file: String
    /// Both count from 1; the column counts Unicode characters.
    public var line: Int
    public var column: Int
    public var severity: Severity
    public var message: String
    public var remedy: String

    public init(_ severity: Severity, file: String, line: Int = 1, column: Int = 1, _ message: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.message = message
        self.remedy = remedy
    }

    public var location: String { "\(file):\(line):\(column)" }

    /// `file:line:column: severity: what; how to mend it`, the form that editors jump to.
    public var description: String { "\(location): \(severity.rawValue): \(message); \(remedy)" }

    public static func < (a: Diagnostic, b: Diagnostic) -> Bool {
        (a.file, a.line, a.column, a.severity, a.message) < (b.file, b.line, b.column, b.severity, b.message)
    }
}
