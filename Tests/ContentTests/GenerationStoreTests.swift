import Content
import Foundation
import Site
import TestSupport
import Testing

/// What is kept of the files that a site is made from.
struct GenerationStoreTests {
    private let data: TemporaryFolder
    private let work: TemporaryFolder

    init() throws {
        data = try TemporaryFolder()
        work = try TemporaryFolder(["content/index.md": "# Home", "content/a/b.md": "# B", "templates/page.mustache": "x", "public/site.css": "p {}"])
    }

    private var store: GenerationStore { GenerationStore(folder: "\(data.path)/generations") }

    private var files: SiteFiles {
        SiteFiles(content: "\(work.path)/content", templates: "\(work.path)/templates", publicFolder: "\(work.path)/public")
    }

    @Test func `the same files have the same name anywhere, and any change gives another`() throws {
        let other = try TemporaryFolder(["c/index.md": "# Home", "c/a/b.md": "# B", "t/page.mustache": "x", "p/site.css": "p {}"])
        let copy = SiteFiles(content: "\(other.path)/c", templates: "\(other.path)/t", publicFolder: "\(other.path)/p")
        let name = try store.identify(files)
        #expect(try store.identify(copy) == name)
        try other.write("c/a/b.md", "# b")
        #expect(try store.identify(copy) != name)
        try other.remove("c/a/b.md")
        try other.write("p/b.md", "# B")
        #expect(try store.identify(copy) != name)
    }

    @Test func `a generation keeps what the files were, whatever becomes of them`() throws {
        let generation = try store.keep(files)
        try work.write("content/a/b.md", "# Another")
        let kept = store.files(of: generation)
        #expect(try String(contentsOfFile: "\(kept.content)/a/b.md", encoding: .utf8) == "# B")
        #expect(try store.identify(kept) == generation)
        #expect(store.holds(generation))
        #expect(store.current == nil)
    }

    @Test func `what did not change takes no room in the next one`() throws {
        let first = try store.keep(files)
        try store.appoint(first, since: 1)
        try work.write("content/index.md", "# New")
        let second = try store.keep(files)
        func inode(_ generation: GenerationID, _ file: String) throws -> UInt64? {
            try FileManager.default.attributesOfItem(atPath: "\(store.files(of: generation).content)/\(file)")[.systemFileNumber] as? UInt64
        }
        let (same, old, new) = (try inode(first, "a/b.md"), try inode(first, "index.md"), try inode(second, "index.md"))
        #expect(try inode(second, "a/b.md") == same)
        #expect(old != new)
    }

    @Test func `one can go back as far as generations are kept, and no further`() throws {
        var generations: [GenerationID] = []
        for number in 0..<7 {
            try work.write("content/index.md", "# \(number)")
            generations.append(try store.keep(files))
            try store.appoint(generations[number], since: Double(number))
        }
        #expect(store.current == Appointment(generation: generations[6], since: 6))
        #expect(!store.holds(generations[1]) && store.holds(generations[2]))
        for number in [5, 4, 3, 2] {
            let current = try store.rollBack(since: Double(20 - number))
            #expect(current == Appointment(generation: generations[number], since: Double(20 - number)))
        }
        #expect(throws: GenerationStore.Failure.self) { try store.rollBack(since: 30) }
        #expect(store.current == Appointment(generation: generations[2], since: 18))
    }

    private func generation(_ text: String) throws -> GenerationID {
        try work.write("content/index.md", text)
        return try store.keep(files)
    }

    @Test func `of two appointments the later one holds, whatever the clock says`() throws {
        let (first, second) = (try generation("1"), try generation("2"))
        try store.appoint(first, since: 100)
        let appointment = try store.appoint(second, since: 50)
        #expect(appointment.since > 100 && store.current == appointment)
        let back = try store.rollBack(since: 50)
        #expect(back.generation == first && back.since > appointment.since)
    }

    @Test func `who follows a return keeps what one can return to further`() throws {
        let all = try ["1", "2", "3", "4", "5"].map(generation)
        for (number, generation) in all.enumerated() { try store.appoint(generation, since: Double(number)) }
        try store.appoint(all[3], since: 10, isReturn: true)
        try store.appoint(all[1], since: 11, isReturn: true)
        #expect(store.holds(all[0]))
        #expect(try store.rollBack(since: 12).generation == all[0])
    }

    @Test func `what is being prepared is not removed by another appointment`() throws {
        let prepared = try generation("prepared")
        for number in 0..<7 { try store.appoint(try generation("\(number)"), since: Date().timeIntervalSince1970) }
        #expect(store.holds(prepared))
        // After a day nobody waits for it.
        try store.appoint(try generation("later"), since: Date().timeIntervalSince1970 + 90_000)
        #expect(!store.holds(prepared))
    }

    @Test func `a generation is current only if it can be written down`() throws {
        let (first, second) = (try generation("1"), try generation("2"))
        try store.appoint(first, since: 1)
        try store.appoint(second, since: 2)
        // Nothing can be written where a folder is in the way.
        try FileManager.default.createDirectory(atPath: "\(data.path)/generations/.history", withIntermediateDirectories: false)
        #expect(throws: GenerationStore.Failure.self) { try store.rollBack(since: 3) }
        #expect(store.current?.generation == second && store.holds(first) && store.holds(second))
    }

    @Test func `what was half written is not there, and is written again`() throws {
        let generation = try store.keep(files)
        try FileManager.default.moveItem(atPath: "\(data.path)/generations/\(generation)", toPath: "\(data.path)/generations/.\(generation)")
        try FileManager.default.removeItem(atPath: "\(data.path)/generations/.\(generation)/content/index.md")
        #expect(!store.holds(generation))
        #expect(throws: GenerationStore.Failure.self) { try store.appoint(generation, since: 1) }
        let again = try store.keep(files)
        #expect(again == generation && store.holds(generation))
        #expect(try store.identify(store.files(of: generation)) == generation)
    }

    @Test func `a folder that cannot be read is named with what to do`() throws {
        try FileManager.default.removeItem(atPath: "\(work.path)/templates")
        let failure = try #require(throws: GenerationStore.Failure.self) { try store.keep(files) }
        #expect(failure.description == "\(work.path)/templates: No such file or directory; name a folder that can be read")
    }

    @Test(arguments: [
        "", "x", "../../etc 1", "0123456789abcdef0123456789abcde/ 1", "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789abcdef 1",
        "0123456789abcdef0123456789abcdef nan", "0123456789abcdef0123456789abcdef 1 2",
    ])
    func `an appointment that is none is none`(text: String) { #expect(Appointment(text) == nil) }
}
