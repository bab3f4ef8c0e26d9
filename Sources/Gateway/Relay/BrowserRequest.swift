import NIOCore

/// What a browser may send: a request of the closed shape that the gateway takes, and nothing else.
struct BrowserRequest {
    enum Fault: Error, Equatable {
        /// The socket has to be closed.
        case close(UInt16, String)
        /// The request has to be refused.
        case refuse(id: String, String)
    }

    /// Bytes of an id or a method's name.
    private static let nameLimit = 128

    let id: String
    let method: String
    let params: Range<Int>?
    /// What goes on: the browser's own bytes, without a trace that is none.
    let text: ByteBuffer

    init(_ text: ByteBuffer) throws(Fault) {
        let head: FrameHead
        do {
            head = try FrameHead(text)
        } catch {
            switch error {
            case .notUTF8: throw .close(1007, "not UTF-8")
            case .notJSON: throw .close(1008, "not JSON")
            case .tooDeep: throw .close(1008, "too deep")
            }
        }
        guard let id = head.id, let idText = head.idText, (1...Self.nameLimit).contains(id.utf8.count) else { throw .close(1008, "no request") }
        let known: Set<FrameHead.Name> = [.type, .id, .method, .params, .traceparent]
        guard head.type == "req", !head.hasOddMembers, head.names.isSubset(of: known), let method = head.method, let methodText = head.methodText,
            (1...Self.nameLimit).contains(method.utf8.count)
        else { throw .refuse(id: id, "a request has type, id, method, params and traceparent, each once") }
        self.id = id
        self.method = method
        guard let traceparent = head.traceparent, !Self.isTrace(traceparent) else {
            params = head.params
            self.text = text
            return
        }
        var rest = ByteBuffer(string: #"{"type":"req","id":"#)
        func append(_ range: Range<Int>) { rest.writeBytes(text.readableBytesView.dropFirst(range.lowerBound).prefix(range.count)) }
        append(idText)
        rest.writeString(#","method":"#)
        append(methodText)
        if let range = head.params {
            rest.writeString(#","params":"#)
            params = rest.writerIndex..<rest.writerIndex + range.count
            append(range)
        } else {
            params = nil
        }
        rest.writeString("}")
        self.text = rest
    }

    /// W3C Trace Context, `traceparent`.
    static func isTrace(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (55...128).contains(bytes.count) else { return false }
        func isHex(_ range: Range<Int>) -> Bool {
            bytes[range].allSatisfy { ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f")) }
        }
        func isZero(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == UInt8(ascii: "0") } }
        let dash = UInt8(ascii: "-")
        guard isHex(0..<2), isHex(3..<35), isHex(36..<52), isHex(53..<55), bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else {
            return false
        }
        guard !isZero(3..<35), !isZero(36..<52), !text.hasPrefix("ff") else { return false }
        // Later versions may add what this one does not know.
        guard bytes.count > 55 else { return true }
        return !isZero(0..<2) && bytes[55] == dash
            && bytes[56...].allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
