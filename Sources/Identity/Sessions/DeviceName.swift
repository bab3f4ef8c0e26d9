/// What people call a browser or program, made from what it says of itself in `User-Agent`.
///
/// A guess for people who look through their sessions; nothing is decided by it. Some cannot be told: Brave says it is
/// Chrome, and Safari on an iPad that it is on a Mac.
public struct DeviceName: Hashable, Sendable, CustomStringConvertible {
    /// `Firefox`, `curl`; ASCII, 40 characters at most; `nil` where nothing is said that could be shown.
    public let program: String?
    public let system: System?
    public let kind: Kind

    /// For a picture beside the name.
    public enum Kind: String, Sendable, CaseIterable {
        case desktop, phone, tablet
        /// No browser in front of a person: a command, a script, a robot.
        case program
    }

    public enum System: String, Sendable, CaseIterable {
        case windows = "Windows"
        case macOS
        case linux = "Linux"
        case android = "Android"
        case iPhone
        case iPad
        case chromeOS = "ChromeOS"
    }

    /// Reads the first 1,024 bytes, each of them once.
    public init(userAgent: String) {
        let agent = UserAgentWords(userAgent)
        let isBrowser = agent.products.first == "Mozilla" || agent.products.first == "Opera"
        let system = agent.system
        self.system = system
        if let robot = agent.robot, isBrowser {
            program = robot
            kind = .program
        } else if isBrowser {
            program = agent.browser
            kind =
                switch system {
                case _ where agent.products.contains("HeadlessChrome"): .program
                case .iPhone: .phone
                case .iPad: .tablet
                case .android: agent.saysMobile ? .phone : .tablet
                case nil where program == nil: .program
                default: .desktop
                }
        } else {
            program = agent.products.first
            kind = .program
        }
    }

    /// `Firefox on Linux`, `curl`, `An unknown program`; 60 characters at most, all of them visible.
    public var description: String {
        let name = program ?? "An unknown program"
        return system.map { "\(name) on \($0.rawValue)" } ?? name
    }
}

/// The products of a `User-Agent` (RFC 9110, section 10.1.5) and what stands in its comments.
private struct UserAgentWords {
    /// Their names without versions, in the order they are in.
    private(set) var products: [String] = []
    /// Between the semicolons of each comment.
    private(set) var comments: [[Substring]] = []

    init(_ text: String) {
        // Cut in the middle of a character, only that one is lost.
        let text = String(decoding: text.utf8.prefix(1024), as: UTF8.self)
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            switch first {
            case "(":
                let comment = Self.takeComment(&rest)
                comments.append(comment.split(separator: ";").map(Self.trimmed))
            case " ", "\t", ")":
                rest.removeFirst()
            default:
                let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "(" }
                rest = rest[word.endIndex...]
                if let name = Self.name(word) { products.append(name) }
            }
        }
    }

    var system: DeviceName.System? {
        for (word, system) in Self.systems where comments.contains(where: { $0.contains { $0.lowercased().contains(word) } }) { return system }
        return nil
    }

    /// Phones say so, tablets do not.
    var saysMobile: Bool { products.contains("Mobile") || comments.contains { $0.contains("Mobile") } }

    var browser: String? {
        if comments.contains(where: { $0.contains { $0.hasPrefix("MSIE ") || $0.hasPrefix("Trident/") } }) { return "Internet Explorer" }
        let names = Set(products)
        for (product, name) in Self.browsers where names.contains(product) { return name }
        if names.contains("Safari") {
            switch system {
            case .macOS, .iPhone, .iPad: return "Safari"
            case .android: return "Android Browser"
            default: return "A WebKit browser"
            }
        }
        return products.last { !Self.generic.contains($0) }
    }

    /// `Mozilla/5.0 (compatible; Googlebot/2.1; …)`
    var robot: String? {
        for comment in comments {
            guard let place = comment.firstIndex(of: "compatible"), place + 1 < comment.endIndex else { continue }
            let next = comment[place + 1]
            if next.hasPrefix("MSIE ") { return nil }
            if let name = Self.name(next.unicodeScalars.prefix { $0 != " " }) { return name }
        }
        return nil
    }

    /// The first that is there: each of these also names those behind it.
    private static let browsers = [
        ("HeadlessChrome", "Headless Chrome"), ("Edg", "Edge"), ("EdgA", "Edge"), ("EdgiOS", "Edge"), ("Edge", "Edge"), ("OPR", "Opera"),
        ("OPT", "Opera"), ("OPiOS", "Opera"), ("Opera", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox"),
        ("Focus", "Firefox"), ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"),
    ]

    /// The first that is there: an iPhone is also “like Mac OS X”, Android is also Linux.
    private static let systems: [(String, DeviceName.System)] = [
        ("iphone", .iPhone), ("ipod", .iPhone), ("ipad", .iPad), ("android", .android), ("cros ", .chromeOS), ("windows", .windows),
        ("macintosh", .macOS), ("mac os", .macOS), ("macos", .macOS), ("linux", .linux),
    ]

    private static let generic: Set = ["Mozilla", "AppleWebKit", "Gecko", "KHTML", "Version", "Mobile", "Safari", "Presto", "like"]

    /// To the parenthesis that closes the first, or to the end.
    private static func takeComment(_ rest: inout Substring.UnicodeScalarView) -> Substring {
        var depth = 0
        var end = rest.endIndex
        for place in rest.indices {
            if rest[place] == "(" { depth += 1 }
            if rest[place] == ")" { depth -= 1 }
            if depth == 0 {
                end = place
                break
            }
        }
        let comment = rest[rest.startIndex..<end].dropFirst()
        rest = end == rest.endIndex ? rest[end...] : rest[end...].dropFirst()
        return Substring(comment)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }

    /// What can be shown of a product's name; `nil` where nothing is left that reads as one.
    private static func name(_ word: Substring.UnicodeScalarView) -> String? {
        let name = word.prefix { $0 != "/" }.prefix(40).prefix { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "+": true
            default: false
            }
        }
        return name.contains { $0.properties.isAlphabetic } ? String(name) : nil
    }
}
