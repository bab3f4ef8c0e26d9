import NIOHTTP1

/// What a plain request says beside its target; `nil` for one that says anything
/// that a ready answer knows nothing of.
struct Wishes {
    private(set) var host = ""
    private(set) var acceptEncoding = ""
    private(set) var ifNoneMatch: String?
    private(set) var accept = ""

    init?(_ headers: HTTPHeaders) {
        var hosts = 0
        for (name, value) in headers {
            // Few names have the length of one that matters here.
            switch name.utf8.count {
            case 4 where name.isField("host"):
                hosts += 1
                host = value
            case 5 where name.isField("range"): return nil
            case 6 where name.isField("expect"): return nil
            case 6 where name.isField("accept"): accept = accept.isEmpty ? value : "\(accept), \(value)"
            case 7 where name.isField("upgrade"): return nil
            case 8 where name.isField("if-match") || name.isField("if-range"): return nil
            case 10 where name.isField("connection"):
                guard value.isField("keep-alive") else { return nil }
            case 13 where name.isField("if-none-match"):
                guard ifNoneMatch == nil else { return nil }
                ifNoneMatch = value
            case 13 where name.isField("authorization"): return nil
            case 14 where name.isField("content-length"): return nil
            case 15 where name.isField("accept-encoding"): acceptEncoding = acceptEncoding.isEmpty ? value : "\(acceptEncoding), \(value)"
            case 17 where name.isField("transfer-encoding"): return nil
            case 19 where name.isField("if-unmodified-since"): return nil
            default: break
            }
        }
        guard hosts == 1 else { return nil }
    }
}

extension String {
    /// Whether it is `name`, which is in lower case, without regard to case.
    fileprivate func isField(_ name: String) -> Bool {
        var expected = name.utf8.makeIterator()
        for byte in utf8 where expected.next() != (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) { return false }
        return expected.next() == nil
    }
}
