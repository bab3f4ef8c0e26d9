import Foundation

/// What this process takes of the machine's memory.
enum ResidentMemory {
    /// 0 where the system does not say.
    static var bytes: Int {
        // Linux only.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(whereSeparator: \.isNewline).first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) }.map { $0 << 10 } ?? 0
    }
}
