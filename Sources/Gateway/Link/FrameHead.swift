import JSON
import NIOCore

/// What a message is and where its parts lie, without its payload being built.
struct FrameHead {
    var type = ""
    var id: String?
    var method: String?
    var event: String?
    var isOK: Bool?
    var sequence: Int?
    var traceparent: String?
    /// Where these lie in the text; texts with their quotation marks.
    var idText: Range<Int>?
    var methodText: Range<Int>?
    var params: Range<Int>?
    var payload: Range<Int>?
    var error: Range<Int>?
    /// Members that a message of this protocol does not have, that come twice, or that are of another kind.
    var hasOddMembers = false
    private(set) var names: Set<Name> = []

    enum Name: String {
        case type, id, method, params, traceparent, ok, payload, error, event, seq, stateVersion
    }

    /// Reads the whole text, so that what it does not throw for is JSON.
    init(_ text: ByteBuffer) throws(JSONScanner.Fault) {
        try text.withUnsafeReadableBytes { bytes throws(JSONScanner.Fault) in
            var scanner = JSONScanner(bytes)
            let reader = scanner
            try scanner.object { name, value in
                guard let name = Name(rawValue: String(decoding: bytes[name], as: UTF8.self)), names.insert(name).inserted else {
                    hasOddMembers = true
                    return
                }
                take(name, value, bytes, reader)
            }
        }
    }

    private mutating func take(_ name: Name, _ value: Range<Int>, _ bytes: UnsafeRawBufferPointer, _ reader: JSONScanner) {
        func string() -> String? {
            guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
            return reader.text(of: value.lowerBound + 1..<value.upperBound - 1)
        }
        func number() -> Int? { Int(String(decoding: bytes[value], as: UTF8.self)) }
        let isRight: Bool
        switch name {
        case .type:
            type = string() ?? ""
            isRight = !type.isEmpty
        case .id:
            id = string()
            idText = value
            isRight = id != nil
        case .method:
            method = string()
            methodText = value
            isRight = method != nil
        case .event:
            event = string()
            isRight = event != nil
        case .traceparent:
            traceparent = string()
            isRight = traceparent != nil
        case .ok:
            isOK = bytes[value.lowerBound] == UInt8(ascii: "t") ? true : bytes[value.lowerBound] == UInt8(ascii: "f") ? false : nil
            isRight = isOK != nil
        case .seq:
            sequence = number()
            isRight = sequence != nil
        case .params:
            params = value
            isRight = true
        case .payload:
            payload = value
            isRight = true
        case .error:
            error = value
            isRight = true
        case .stateVersion: isRight = true
        }
        if !isRight { hasOddMembers = true }
    }
}

extension ByteBuffer {
    /// A part of the text that ``FrameHead`` has read, built.
    func value(at range: Range<Int>?) -> JSONValue? {
        guard let range else { return nil }
        return withUnsafeReadableBytes { bytes in
            var scanner = JSONScanner(UnsafeRawBufferPointer(rebasing: bytes[range]))
            // It has been read once, so it is JSON; one that is too deep counts as none.
            return try? scanner.value()
        }
    }

    /// The text members `names` of an object within the text; the first of each name.
    func texts(_ names: [String], at range: Range<Int>?) -> [String: String] {
        guard let range else { return [:] }
        var texts: [String: String] = [:]
        withUnsafeReadableBytes { bytes in
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            var scanner = JSONScanner(part)
            let reader = scanner
            // Anything but an object has no members.
            try? scanner.object { name, value in
                guard part[value.lowerBound] == UInt8(ascii: "\"") else { return }
                let name = String(decoding: part[name], as: UTF8.self)
                guard names.contains(name), texts[name] == nil else { return }
                texts[name] = reader.text(of: value.lowerBound + 1..<value.upperBound - 1)
            }
        }
        return texts
    }
}
