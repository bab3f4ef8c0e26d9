import Foundation
import Site
import Testing

@Suite struct PublicationTests {
    private let now = Date(timeIntervalSince1970: 1_000_000)

    @Test func `a page is public from its first moment and no longer at its last`() {
        let publication = Publication(from: now, until: now + 10)
        #expect(!publication.isPublic(at: now - 0.001))
        #expect(publication.isPublic(at: now))
        #expect(publication.isPublic(at: now + 9.999))
        #expect(!publication.isPublic(at: now + 10))
    }

    @Test func `a draft is never public, whatever the time`() {
        #expect(!Publication(isDraft: true, from: now - 10).isPublic(at: now))
        #expect(Publication(isDraft: true, from: now + 10).nextChange(after: now) == nil)
    }

    @Test func `the next change is the first moment still to come`() {
        let publication = Publication(from: now, until: now + 10)
        #expect(publication.nextChange(after: now - 5) == now)
        #expect(publication.nextChange(after: now) == now + 10)
        #expect(publication.nextChange(after: now + 10) == nil)
    }
}
