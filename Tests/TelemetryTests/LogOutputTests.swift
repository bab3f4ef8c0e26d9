import Foundation
import Telemetry
import Testing

@Suite struct LogOutputTests {
    /// Both ends of a pipe; the reading end first.
    private func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    /// What can be read without waiting.
    private func drain(_ descriptor: Int32) -> String {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `lines of many threads never mix, short ones and long ones`() throws {
        let ends = try makePipe()
        let output = LogOutput(descriptor: ends.writing, patience: .seconds(20))
        let group = DispatchGroup()
        for thread in 0..<6 {
            group.enter()
            Thread.detachNewThread {
                for round in 0..<40 { output.write(String(repeating: String(thread), count: round % 8 == 0 ? 30_000 : 100) + "\n") }
                group.leave()
            }
        }
        group.notify(queue: .global()) { close(ends.writing) }
        let received = FileHandle(fileDescriptor: ends.reading, closeOnDealloc: true)
        var text = ""
        while text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) < 240 { text += String(decoding: received.availableData, as: UTF8.self) }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 240)
        #expect(lines.allSatisfy { Set($0.utf8).count == 1 && [100, 30_000].contains($0.utf8.count) })
        #expect(output.droppedLines == 0)
    }

    @Test func `a reader who stopped reading costs lines, never the server's time`() throws {
        let ends = try makePipe()
        defer {
            close(ends.reading)
            close(ends.writing)
        }
        let output = LogOutput(descriptor: ends.writing, patience: .milliseconds(20))
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<1_000 { output.write(line) }
        let lost = output.droppedLines
        #expect(lost > 900)
        let first = drain(ends.reading).split(separator: "\n")
        #expect(first.count == 1_000 - lost)
        #expect(first.allSatisfy { $0.utf8.count == 999 })
        output.write("back again\n")
        #expect(drain(ends.reading) == "back again\n")
        #expect(output.droppedLines == lost)
    }

    @Test func `a line that broke off is ended before the next begins`() throws {
        let ends = try makePipe()
        defer {
            close(ends.reading)
            close(ends.writing)
        }
        let output = LogOutput(descriptor: ends.writing, patience: .milliseconds(1))
        output.write(String(repeating: "x", count: 200_000) + "\n")
        #expect(output.droppedLines == 1)
        #expect(drain(ends.reading).allSatisfy { $0 == "x" })
        output.write("next\n")
        #expect(drain(ends.reading) == "\nnext\n")
    }

    @Test func `the flag against waiting is not set for other users of the pipe`() throws {
        let ends = try makePipe()
        defer {
            close(ends.reading)
            close(ends.writing)
        }
        let output = LogOutput(descriptor: ends.writing)
        output.write("x\n")
        #expect(fcntl(ends.writing, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test(arguments: [SOCK_STREAM, SOCK_DGRAM])
    func `a socket that nobody reads does not block either, and one that is closed does not end the process`(_ type: __socket_type) throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(type.rawValue), 0, &ends) == 0)
        let output = LogOutput(descriptor: ends[1], patience: .milliseconds(5))
        for _ in 0..<2_000 { output.write(String(repeating: "x", count: 999) + "\n") }
        #expect(output.droppedLines > 0)
        let lost = output.droppedLines
        close(ends[0])
        output.write("to nobody\n")
        #expect(output.droppedLines == lost + 1)
        close(ends[1])
    }

    @Test func `a file is written through the descriptor itself, where others left off`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        write(descriptor, "before\n", 7)
        LogOutput(descriptor: descriptor).write("line\n")
        write(descriptor, "after\n", 6)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\nline\nafter\n")
    }

    @Test func `a descriptor that is closed costs the line`() {
        let output = LogOutput(descriptor: 999_999)
        output.write("x\n")
        #expect(output.droppedLines == 1)
    }
}
