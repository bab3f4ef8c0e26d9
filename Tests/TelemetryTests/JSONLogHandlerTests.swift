import Foundation
import Logging
import Telemetry
import Testing

@Suite struct JSONLogHandlerTests {
    private let lines = LoggedLines()

    private func object() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(lines.text.utf8)) as? [String: Any])
    }

    @Test func `a line is one object: time, level, message, logger, then metadata by name`() {
        var logger = lines.json()
        logger[metadataKey: "zone"] = "eu"
        logger.error("It broke", metadata: ["b": "two", "a": ["x": ["1", .stringConvertible(2), ["y": "z"]]]])
        let start = #"{"time":"2026-11-22T12:34:56.789Z","level":"error","message":"It broke","logger":"landing.web","#
        #expect(lines.text == start + #""a":{"x":["1",2,{"y":"z"}]},"b":"two","zone":"eu"}"# + "\n")
    }

    @Test func `numbers and truth values stay what they are`() {
        let metadata: Logger.Metadata = [
            "a": .stringConvertible(-5), "b": .stringConvertible(true), "c": .stringConvertible(0.5), "d": .stringConvertible(Double.nan),
            "e": .stringConvertible(UInt64.max), "f": .stringConvertible(UInt8(7)), "g": .stringConvertible(Duration.seconds(2)),
        ]
        lines.json().info("m", metadata: metadata)
        #expect(lines.text.hasSuffix(#","a":-5,"b":true,"c":0.5,"d":"nan","e":"18446744073709551615","f":7,"g":"2.0 seconds"}"# + "\n"))
    }

    @Test func `every character comes back as it went in, and the line stays one line`() throws {
        var text = ""
        for value in [UInt32](0...0x2FF) + [0x2028, 0x2029, 0xFFFD, 0xFFFF, 0x1F600, 0x10FFFF] {
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        lines.json().info("\(text)", metadata: ["k\n\"": "\(text)"])
        #expect(String(lines.text.unicodeScalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }) == "\n")
        let object = try object()
        #expect((object["message"] as? String).map { Array($0.utf8) } == Array(text.utf8))
        #expect((object["k\n\""] as? String).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func `the escapes are the short ones where there are any`() {
        lines.json().info("\"\\/\n\r\t\u{0}\u{8}\u{1B}\u{7F}\u{85}ä")
        #expect(lines.text.contains(#""message":"\"\\/\n\r\t\u0000\u0008\u001b\u007f\u0085ä""#))
    }

    @Test func `bytes that are no UTF-8 become replacement characters, never wrong JSON`() throws {
        for bytes: [UInt8] in [[0xFF, 0x41], [0xC3], [0xED, 0xA0, 0x80], [0xC2, 0x22], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] {
            let lines = LoggedLines()
            lines.json().info("\(String(decoding: bytes, as: UTF8.self))")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(lines.text.utf8)) as? [String: Any])
            #expect((object["message"] as? String)?.contains("\u{FFFD}") == true)
        }
    }

    @Test func `metadata never hide the line's own members`() throws {
        lines.json().info("real", metadata: ["message": "forged", "level": "x", "time": "y", "logger": "z", "metadata.message": "third"])
        let object = try object()
        #expect(object["message"] as? String == "real")
        #expect(object["metadata.metadata.message"] as? String == "forged")
        #expect(object["metadata.message"] as? String == "third")
        #expect(object["metadata.level"] as? String == "x")
        #expect(object.count == 9)
    }

    @Test func `secrets are redacted, in any case and at any depth`() {
        let metadata: Logger.Metadata = [
            "Authorization": "Bearer s3cret", "headers": ["COOKIE": "s3cret", "accept": "*/*", "list": [["Set-Cookie": ["s3cret"]]]],
            "password": ["a": "s3cret"], "token": .stringConvertible(42), "secrets": "not the word itself",
        ]
        lines.json().info("m", metadata: metadata)
        #expect(!lines.text.contains("s3cret"))
        let headers = #""headers":{"COOKIE":"[redacted]","accept":"*/*","list":[{"Set-Cookie":"[redacted]"}]}"#
        #expect(
            lines.text.hasSuffix(
                #","Authorization":"[redacted]",\#(headers),"password":"[redacted]","secrets":"not the word itself","token":"[redacted]"}"# + "\n"))
    }

    @Test func `the names to redact can be chosen, the line's own among them`() {
        lines.json(redacted: ["X-Key", "message"]).info("m", metadata: ["x-key": "1", "token": "2", "message": "3"])
        #expect(
            lines.text.hasSuffix(#""message":"m","logger":"landing.web","metadata.message":"[redacted]","token":"2","x-key":"[redacted]"}"# + "\n"))
    }

    @Test func `the statement's metadata come before the provider's, these before the logger's`() throws {
        var logger = lines.json(provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["a": "statement"])
        let object = try object()
        #expect(object["a"] as? String == "statement")
        #expect(object["b"] as? String == "provider")
        #expect(object["c"] as? String == "logger")
    }

    @Test func `an error is told with its type`() throws {
        struct Broken: Error, CustomStringConvertible {
            let description = "quite \"broken\""
        }
        lines.json().error("m", error: Broken())
        let object = try object()
        #expect(object["error.message"] as? String == "quite \"broken\"")
        #expect((object["error.type"] as? String)?.contains("Broken") == true)
    }

    @Test func `below its level a logger writes nothing, and copies keep their own metadata`() {
        var logger = lines.json()
        var copy = logger
        copy[metadataKey: "who"] = "copy"
        logger.logLevel = .error
        logger.warning("not written")
        logger.critical("written")
        #expect(!lines.text.contains("not written"))
        #expect(!lines.text.contains("copy"))
        #expect(lines.text.contains(#""level":"critical""#))
    }
}
