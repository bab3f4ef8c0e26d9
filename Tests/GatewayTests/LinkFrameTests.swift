import JSON
import NIOCore
import Testing

@testable import Gateway

@Suite struct LinkFrameTests {
    private func head(_ text: String) throws -> FrameHead { try FrameHead(ByteBuffer(string: text)) }

    @Test func `a head tells what a message is, whatever its payload`() throws {
        let text = #" {"type":"res","payload":{"type":"event","a":[1,{"b":"}]\""}]},"id":"é\u0041","ok":true} "#
        let head = try head(text)
        #expect(head.type == "res" && head.id == "éA" && head.isOK == true && !head.hasOddMembers)
        #expect(ByteBuffer(string: text).value(at: head.payload) == ["type": "event", "a": [1, ["b": "}]\""]]])
    }

    @Test(arguments: [
        "", "{", "[]", "1", "{}x", "{\"a\":}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":tru}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":[1,]}", "{\"a\":[1 2]}", "{a:1}", "{\"a\":'b'}", "{\"a\":NaN}", "{\"a\":\"",
        "{\"a\":-}",
        "\u{FEFF}{}",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONScanner.Fault.self) { try head(text) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80],
            [0xFF], [0xC3], [0xE2, 0x82], [0xC3, 0x28],
        ] as [[UInt8]])
    func `what is no UTF-8 is refused as such`(bytes: [UInt8]) {
        let text = ByteBuffer(bytes: Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8))
        #expect(throws: JSONScanner.Fault.notUTF8) { try FrameHead(text) }
    }

    @Test func `nesting has an end`() throws {
        func nested(_ depth: Int) -> String {
            "{\"params\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        _ = try head(nested(100))
        #expect(throws: JSONScanner.Fault.tooDeep) { try head(nested(1_000)) }
        #expect(throws: (any Error).self) { try head("{\"params\":" + String(repeating: "[", count: 1 << 20)) }
    }

    @Test func `what is built is what Foundation builds`() throws {
        let texts = [
            #"{"a":1,"b":-2.5,"c":1.0,"d":1e2,"e":12345678901234567890,"f":true,"g":null,"h":[],"i":{}}"#,
            #"["","\n\t\"\\\/\b\f\r","\ud83d\ude00","gr\u00fcn 😀",0,-0.0,1E-3]"#, "3", "\"x\"", " [ 1 , 2 ] ",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            let built = try bytes.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                return try scanner.value()
            }
            #expect(try built == JSONValue(parsing: bytes), "\(text)")
        }
    }

    @Test(arguments: [
        #"{"type":"req","id":"1","method":"health","method":"config.set"}"#, #"{"type":"req","id":"1","method":"health","extra":1}"#,
        #"{"type":"req","id":"1","\u006dethod":"health"}"#, #"{"type":"req","id":"1","method":5}"#, #"{"type":"req","id":"1"}"#,
        #"{"type":"res","id":"1","ok":true}"#, #"{"type":"req","id":"1","method":""}"#, #"{"type":"req","id":"1","method":"health","ok":true}"#,
    ])
    func `a request has its members and no others, each once`(text: String) {
        #expect {
            try BrowserRequest(ByteBuffer(string: text))
        } throws: { error in
            guard case .refuse(id: "1", _)? = error as? BrowserRequest.Fault else { return false }
            return true
        }
    }

    @Test func `a request goes on as the same bytes, without a trace that is none`() throws {
        let good = #"{ "traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "method":"health","type":"req","id":"1"}"#
        #expect(try BrowserRequest(ByteBuffer(string: good)).text == ByteBuffer(string: good))
        let bad = #"{"type":"req","id":"\u0031","method":"health","params":{"a": 1},"traceparent":"00-1"}"#
        let request = try BrowserRequest(ByteBuffer(string: bad))
        #expect(String(buffer: request.text) == #"{"type":"req","id":"\u0031","method":"health","params":{"a": 1}}"#)
        #expect(request.text.value(at: request.params) == ["a": 1])
    }

    @Test(arguments: [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true), ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x", false),
        ("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x", true), ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false), ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false),
        ("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false), ("", false),
    ])
    func `traces are those of the W3C`(text: String, isTrace: Bool) { #expect(BrowserRequest.isTrace(text) == isTrace) }

    @Test func `pauses grow to the longest, and wait for people where these are needed`() {
        var backoff = LinkBackoff(SocketPatience(), jitter: { 1 })
        let pauses = (0..<8).map { _ in backoff.next(after: GatewayProblem(.unreachable)) }
        #expect(pauses == [.milliseconds(250)] + [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        backoff.reset()
        #expect(backoff.next(after: GatewayProblem(.restarting, retryAfter: 5)) == .seconds(5))
        #expect(backoff.next(after: GatewayProblem(.tokenWrong)) == .seconds(60))
        #expect(backoff.next(after: GatewayProblem(.lockedOut, retryAfter: 300)) == .seconds(300))
    }

    @Test func `kept answers are few and small, and the newest`() {
        var kept = KeptAnswers(limit: 3, sizeLimit: 100)
        let now = ContinuousClock.now
        for number in 0..<5 { kept.keep(.integer(number), size: 10, for: "\(number)", at: now) }
        #expect((0..<5).map { kept.value(for: "\($0)", at: now, within: .seconds(1)) } == [nil, nil, 2, 3, 4])
        kept.keep(1, size: 95, for: "big", at: now)
        #expect(kept.value(for: "4", at: now, within: .seconds(1)) == nil && kept.size == 98)
        kept.keep(1, size: 101, for: "big", at: now)
        #expect(kept.size == 0)
        kept.keep(1, size: 1, for: "old", at: now)
        #expect(kept.value(for: "old", at: now + .seconds(2), within: .seconds(2)) == nil)
    }

    @Test func `an allowance runs out and comes back`() {
        var allowance = SocketAllowance(perMinute: 120)
        let now = ContinuousClock.now
        for _ in 0..<120 { #expect(allowance.take("ada", at: now) == nil) }
        #expect(allowance.take("ada", at: now) == 501)
        #expect(allowance.take("bob", at: now) == nil)
        #expect(allowance.take("ada", at: now + .milliseconds(510)) == nil)
        #expect(allowance.take("ada", at: now + .milliseconds(510)) != nil)
    }
}
