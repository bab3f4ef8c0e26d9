import JSON
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        #"{"a":[1,2.5,"x",true,null],"b":{}}"#, "[]", #""\u00e9 \"quoted\" /""#, "-7", "1e300", "null",
    ])
    func `what is read is what was written`(text: String) throws {
        let value = try JSONValue(parsing: text.utf8)
        let again = try JSONValue(parsing: value.bytes)
        #expect(again == value)
    }

    @Test func `members come in the order of their names, slashes as they are`() {
        let value: JSONValue = ["b": "/", "a": 1]
        #expect(value.text == #"{"a":1,"b":"/"}"#)
    }

    @Test func `what is not there, null or of another kind is nil`() throws {
        let value = try JSONValue(parsing: #"{"a":null,"b":"text","c":1.0,"d":1.5}"#.utf8)
        #expect(value["a"] == nil && value["z"] == nil && value["b"]?["x"] == nil)
        #expect(value["b"]?.string == "text" && value["b"]?.int == nil)
        #expect(value["c"]?.int == 1 && value["d"]?.int == nil && value["d"]?.double == 1.5)
    }

    @Test(arguments: ["", "{", "nul", "{\"a\":}", "[1;]", "\u{1}"])
    func `anything else is refused`(text: String) {
        #expect(throws: (any Error).self) { try JSONValue(parsing: text.utf8) }
    }
}
