@testable import ContentCoding

/// The `Accept-Encoding` field: only what is accepted and at hand is chosen.
func checkAcceptEncoding(_ bytes: [UInt8]) {
    let field = String(decoding: bytes, as: UTF8.self)
    let codings = AcceptedCodings(field)

    let lowercased = field.lowercased()
    for offered in subsets {
        guard let best = codings.best(of: offered.contains) else { continue }
        expect(offered.contains(best), "\(best) was not offered")
        expect(lowercased.contains(best.rawValue) || lowercased.utf8.contains(UInt8(ascii: "*")), "`\(field)` does not name \(best)")
    }
    for coding in ContentCoding.allCases {
        let refused = AcceptedCodings("\(field),\(coding.rawValue);q=0")
        expect(refused.best { _ in true } != coding, "`\(field)` with q=0 for \(coding) chooses it")
        expect(refused.best { $0 == coding } == nil, "`\(field)` with q=0 for \(coding) chooses it where there is no other")
    }
    // A weight above 1 would win against the first of the order, one below 0 against none.
    let full = AcceptedCodings("\(field),br;q=1")
    expect(full.best { _ in true } == .brotli, "`\(field)` has a weight above 1")
    let none = AcceptedCodings("\(field),br;q=0,zstd;q=0,gzip;q=0,*;q=0")
    expect(none.best { _ in true } == nil, "`\(field)` with q=0 for all chooses one")
}

private let subsets: [Set<ContentCoding>] = [
    [], [.brotli], [.zstandard], [.gzip], [.brotli, .gzip], [.zstandard, .gzip], [.brotli, .zstandard], [.brotli, .zstandard, .gzip],
]
