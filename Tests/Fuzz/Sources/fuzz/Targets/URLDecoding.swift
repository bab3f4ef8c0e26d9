import Site

@testable import HTTPEdge

/// Escapes and paths: nothing climbs, every spelling folds once and for all.
func checkURLDecoding(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)

    let encoded = PercentEncoding.encodePath(text)
    expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an encoded path is visible ASCII: \(encoded)")
    expect(PercentEncoding.decode(encoded).utf8.elementsEqual(text.utf8), "what was encoded decodes to itself: \(encoded)")
    expect(PercentEncoding.encodePath(PercentEncoding.decode(encoded)) == encoded, "encoding again gives the same: \(encoded)")

    let decoded = PercentEncoding.decode(text)
    expect(decoded.utf8.count <= text.utf8.count, "decoding makes nothing longer: \(text)")
    for spelling in [text, decoded] { checkPath(PagePath(canonical: spelling), of: spelling) }

    guard let target = RequestTarget.parse(text) else { return }
    expect(target.path.hasPrefix("/"), "the path of a target begins with a slash: \(target.path)")
    expect(target.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the path of a target is visible ASCII: \(target.path)")
    expect(target.authority.map { RequestTarget.isHost($0) } ?? true, "the authority of a target is a host: \(target)")
    expect(RequestTarget.parse(target.path)?.path == target.path, "a path is a target itself: \(target.path)")
}

private func checkPath(_ path: PagePath, of spelling: String) {
    let text = path.description
    let again = PagePath(canonical: text)
    expect(again.description.utf8.elementsEqual(text.utf8), "`\(spelling)` folds to \(text), and that to \(again)")
    expect(PagePath(canonical: path.markdownTwin) == path, "the twin of \(text) leads back to it")
    let components = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    expect(text.utf8.first == UInt8(ascii: "/"), "\(text) begins with a slash")
    expect(path.isRoot || components.allSatisfy { !["", ".", ".."].contains($0) }, "\(text) has no component that is empty or climbs")
    expect(path.isRoot || path.components.map(String.init) == components, "the components of \(text) are those between its slashes")
    expect(path.parent.map { $0.contains(path) && $0 != path } ?? path.isRoot, "\(text) lies below its parent")
}
