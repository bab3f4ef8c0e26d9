import CQREncode

/// A text that cameras read.
public struct QRCode: Sendable, Equatable {
    /// Squares in a row.
    public let width: Int
    private let dark: [Bool]

    /// `nil` for more than fits in one: about 2,300 bytes.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, let code = unsafe QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { return nil }
        defer { unsafe QRcode_free(code) }
        let width = Int(unsafe code.pointee.width)
        let squares = unsafe UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        self.width = width
        dark = unsafe squares.map { $0 & 1 == 1 }
    }

    public func isDark(_ x: Int, _ y: Int) -> Bool { dark[y * width + x] }

    /// An `svg` element, with the quiet zone of four squares that readers need; black on white in dark pages too.
    ///
    /// - Parameter label: for people who do not see it; without markup.
    public func svg(label: String) -> String {
        let side = width + 8
        var path = ""
        for y in 0..<width {
            var x = 0
            while x < width {
                var run = 0
                while x + run < width, isDark(x + run, y) { run += 1 }
                if run > 0 { path += "M\(x + 4) \(y + 4)h\(run)v1h-\(run)z" }
                x += run + 1
            }
        }
        return """
            <svg class="qr-code" viewBox="0 0 \(side) \(side)" role="img" aria-label="\(label)" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/><path fill="#000" d="\(path)"/></svg>
            """
    }
}
