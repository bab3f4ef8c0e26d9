/// What a simulated agent answers to a message.
struct Reply: Sendable, Equatable {
    enum Ending: Sendable, Equatable {
        case complete
        /// In the words of the gateway.
        case failed(String)
    }

    /// With the blanks behind them; together they are the text.
    let words: [String]
    var ending = Ending.complete
    /// Ten times the pause between words, and 100 ms at least.
    var isSlow = false

    /// - Parameter message: `slow`, `fail`, `list`, `code`, `link` and `<script` in it choose the answer.
    init(to message: String, from agent: String) {
        let lower = message.lowercased()
        if lower.contains("<script") {
            // As it came: whoever shows it has to make it harmless.
            words = Self.split("You sent markup, and here it is, as it came: \(message)\n\nIt should be shown as text, and nothing should happen.\n")
        } else if lower.contains("slow") {
            words = Self.split("I take my time. " + (1...600).map { "Step \($0)." }.joined(separator: " ") + "\n")
            isSlow = true
        } else if lower.contains("fail") {
            words = Self.split("I begin to answer, and then ")
            ending = .failed("the model provider closed the connection")
        } else if lower.contains("code") {
            words = Self.split("Here is a function:\n\n\(Self.code)\nIt greets whoever asks.\n")
        } else if lower.contains("list") {
            words = Self.split("This is what I can do:\n\n\(Self.list)\n")
        } else if lower.contains("link") {
            words = Self.split("The manual is at [docs.openclaw.ai](https://docs.openclaw.ai/gateway).\n")
        } else {
            words = Self.split(
                "This is \(agent), and there is no model behind me. You wrote **\(message.count) characters**. What I can show:\n\n\(Self.list)\n"
                    + "\(Self.code)\nMore is in [the gateway's manual](https://docs.openclaw.ai/gateway).\n")
        }
    }

    private static let list = "- answers that arrive word by word\n- `slow`: one that takes minutes\n- `fail`: one that ends in an error\n"
    private static let code = "```swift\nfunc greet(_ name: String) -> String {\n    \"Hello, \\(name)\"\n}\n```\n"

    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            if !character.isWhitespace, word.last?.isWhitespace == true {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
