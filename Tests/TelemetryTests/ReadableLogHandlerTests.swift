import Logging
import Telemetry
import Testing

@Suite struct ReadableLogHandlerTests {
    private let lines = LoggedLines()

    @Test func `a line is time, level, message and metadata`() {
        lines.readable().error("message", metadata: ["key": "value"])
        lines.readable().info("no metadata")
        #expect(lines.text == "12:34:56 error  message  key=value\n12:34:56 info  no metadata\n")
    }

    @Test func `metadata are sorted, quoted where they would be read wrong, and nested in brackets`() {
        let metadata: Logger.Metadata = [
            "b": "two words", "a": .stringConvertible(1), "c": "", "d": "say \"x\"=\\", "e": ["1", "2 3"], "f": ["y": "2", "x": "1"],
        ]
        lines.readable().info("m", metadata: metadata)
        #expect(lines.text == #"12:34:56 info  m  a=1 b="two words" c="" d="say \"x\"=\\" e=[1, "2 3"] f={x=1, y=2}"# + "\n")
    }

    @Test func `no control character of a stranger reaches the terminal`() {
        let hostile = "\u{1B}[31m\u{1B}]0;title\u{7}\r\n12:00:00 forged\u{9B}2J\u{7F}\u{202E}\t\u{0}"
        lines.readable().warning("\(hostile)", metadata: ["k\u{1B}[2J\n": "v\(hostile)", "n": [["\u{1B}": "\(hostile)"]]])
        let text = lines.text
        let unsafe = text.unicodeScalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E }
        #expect(String(unsafe) == "\n")
        #expect(text.hasPrefix("12:34:56 warning  \u{FFFD}[31m\u{FFFD}]0;title\u{FFFD}\u{FFFD}\u{FFFD}12:00:00 forged\u{FFFD}2J"))
        #expect(text.contains("  k\u{FFFD}[2J\u{FFFD}=\"v\u{FFFD}[31m"))
    }

    @Test func `what is no command stays as it was written`() {
        lines.readable().info("größer 👩‍👩‍👧 日本 e\u{301}")
        #expect(lines.text == "12:34:56 info  größer 👩‍👩‍👧 日本 e\u{301}\n")
    }

    @Test func `the level has a colour only if that is asked for`() {
        lines.readable(isColoured: true).error("m\u{1B}[0m")
        #expect(lines.text == "12:34:56 \u{1B}[31merror\u{1B}[0m  m\u{FFFD}[0m\n")
    }

    @Test func `secrets are redacted, in any case and at any depth`() {
        lines.readable().info("m", metadata: ["Token": "s3cret", "h": ["AUTHORIZATION": "s3cret", "l": [["password": "s3cret"]]]])
        #expect(lines.text == "12:34:56 info  m  Token=[redacted] h={AUTHORIZATION=[redacted], l=[{password=[redacted]}]}\n")
    }
}
