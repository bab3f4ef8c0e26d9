import Foundation
import TestSupport
import Testing

@testable import App

/// How a program knows itself, and what it takes over from its last run.
@Suite struct ProgramTests {
    @Test func `a program has a name, which is not that of a program with another library or another build`() throws {
        #expect(!Program.name.isEmpty)
        let libraries: [(String, [UInt8]?)] = [("/lib/libcmark-gfm.so.0", [1, 2]), ("/lib/libz.so.1", nil)]
        let name = Program.name(program: [9], libraries: libraries)
        #expect(Program.name(program: [9], libraries: [("/usr/lib/libz.so.1", nil), ("/usr/lib/libcmark-gfm.so.0", [1, 2])]) == name)
        #expect(Program.name(program: [8], libraries: libraries) != name)
        #expect(Program.name(program: [9], libraries: [("/lib/libcmark-gfm.so.0", [1, 3]), ("/lib/libz.so.1", nil)]) != name)
        #expect(Program.name(program: [9], libraries: [("/lib/libcmark-gfm.so.0", [1, 2]), ("/lib/libz.so.2", nil)]) != name)
    }

    @Test func `the build id is the one that readelf finds`() throws {
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: "/usr/lib/x86_64-linux-gnu").first { $0.hasPrefix("libcmark-gfm.so.") })
        let path = "/usr/lib/x86_64-linux-gnu/\(file)"
        let readelf = Process()
        let pipe = Pipe()
        readelf.executableURL = URL(filePath: "/usr/bin/readelf")
        readelf.arguments = ["-n", path]
        readelf.standardOutput = pipe
        try readelf.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        readelf.waitUntilExit()
        let expected = try #require(text.split(separator: "\n").first { $0.contains("Build ID: ") }?.split(separator: " ").last)
        let id = try #require(Program.buildID(Array(try Data(contentsOf: URL(filePath: path)))))
        #expect(id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }

    @Test func `what is no program has no build id, cut off wherever`() throws {
        #expect(Program.buildID([]) == nil)
        #expect(Program.buildID(Array("#!/bin/sh\n".utf8)) == nil)
        let whole = Array(try Data(contentsOf: URL(filePath: "/proc/self/exe")).prefix(4_096))
        // Any answer, and no trap.
        for length in stride(from: 0, to: whole.count, by: 7) { _ = Program.buildID(Array(whole.prefix(length))) }
        for offset in 4..<1_200 {
            for value in [0, 0x7F, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[offset] = value
                _ = Program.buildID(bytes)
            }
        }
    }

    @Test func `libraries are the mapped files that hold code`() {
        let maps = """
            55d0-55d1 r--p 00000000 fe:01 12 /opt/landing/bin/landing
            55d1-55d2 r-xp 00001000 fe:01 12 /opt/landing/bin/landing
            7f00-7f01 r-xp 00000000 fe:01 13                         /usr/lib/libz.so.1.2.13
            7f01-7f02 r--p 00001000 fe:01 14                         /usr/lib/locale/C.utf8
            7f02-7f03 r-xp 00000000 fe:01 15                         /usr/lib/a folder/libx.so (deleted)
            7ffd-7ffe r-xp 00000000 00:00 0                          [vdso]
            7fff-8000 rw-p 00000000 00:00 0
            """
        #expect(Program.libraries(inMaps: maps) == ["/usr/lib/a folder/libx.so (deleted)", "/usr/lib/libz.so.1.2.13"])
    }

    @Test func `a second start answers with the same bytes and tags, and keeps nothing anew`() async throws {
        let data = try TemporaryFolder()
        let paths = ["/", "/docs/architecture/overview", "/feed.xml", "/sitemap.xml"]
        var answers: [[String]] = []
        var kept: [Data] = []
        for start in 0..<2 {
            let status = try await LandingProgram(environment: ["LANDING_DATA": data.path, "LANDING_ORIGIN": "http://site.example"]).serve { port in
                var answer: [String] = []
                for path in paths {
                    let page = try await HTTPExchange.send("GET", path, port: port)
                    #expect(page.status == 200)
                    answer += [page.header("ETag") ?? "", page.body]
                    if path == "/", let style = page.body.firstMatch(of: /\/css\/[a-z.0-9]+\.css/) {
                        let address = String(style.output)
                        for coding in ["br", "zstd", "gzip"] {
                            if start == 0 {
                                // Made after the first start has begun to serve.
                                let time = try await eventually {
                                    // `try?`: what does not answer is no answer in that coding.
                                    let asset = try? await HTTPExchange.send("GET", address, port: port, headers: ["Accept-Encoding": coding])
                                    return asset?.header("Content-Encoding") == coding
                                }
                                #expect(time != nil, "\(coding)")
                            }
                            let asset = try await HTTPExchange.send("GET", address, port: port, headers: ["Accept-Encoding": coding])
                            #expect(asset.header("Content-Encoding") == coding)
                            answer += [asset.header("ETag") ?? "", asset.header("Content-Length") ?? ""]
                        }
                    }
                }
                #expect(answer.count == 2 * paths.count + 6)
                answers.append(answer)
            }
            #expect(status == 0)
            kept.append(try Data(contentsOf: URL(filePath: "\(data.path)/results")))
        }
        #expect(answers[0] == answers[1])
        #expect(kept[0] == kept[1] && kept[0].count > 100_000)
    }
}
