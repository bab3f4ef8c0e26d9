import QRCode
import Testing

@Suite struct QRCodeTests {
    @Test func `a text becomes a square with the three marks that readers look for`() throws {
        let code = try #require(QRCode("otpauth://totp/Landing:ada@example.org?secret=GEZDGNBVGY3TQOJQ&issuer=Landing"))
        let width = code.width
        #expect(width >= 21 && width % 4 == 1)
        let corners: [(Int, Int)] = [(0, 0), (width - 7, 0), (0, width - 7)]
        for (x, y) in corners {
            for offset in 0..<7 {
                let edges = [code.isDark(x + offset, y), code.isDark(x + offset, y + 6), code.isDark(x, y + offset), code.isDark(x + 6, y + offset)]
                #expect(!edges.contains(false))
            }
        }
    }

    @Test func `its drawing has a quiet zone and words for those who do not see it`() throws {
        let code = try #require(QRCode("a"))
        let drawing = code.svg(label: "QR code")
        #expect(drawing.contains("viewBox=\"0 0 \(code.width + 8) \(code.width + 8)\"") && drawing.contains("aria-label=\"QR code\""))
        #expect(drawing.contains("M4 4h7v1h-7z"))
    }

    @Test func `what does not fit in one is none`() {
        #expect(QRCode("") == nil)
        #expect(QRCode(String(repeating: "x", count: 5_000)) == nil)
    }
}
