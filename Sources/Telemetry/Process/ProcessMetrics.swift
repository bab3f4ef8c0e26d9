import FoundationEssentials
import Glibc

/// What Linux knows of this process, under Prometheus' standard names.
///
/// Meant for ``PrometheusRegistry/onRender(_:)``. What cannot be read is left out.
public struct ProcessMetrics: Sendable {
    private let folder: String
    private let ticksPerSecond: Double
    private let pageSize: Double
    private let systemStart: SystemStart?

    public init() {
        self.init(folder: "/proc", ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)), pageSize: sysconf(Int32(_SC_PAGESIZE)))
    }

    init(folder: String, ticksPerSecond: Int, pageSize: Int) {
        self.folder = folder
        self.ticksPerSecond = Double(ticksPerSecond)
        self.pageSize = Double(pageSize)
        // Read once: it stays the same, and the file is long on machines with many cores.
        systemStart = Self.text("\(folder)/stat").flatMap { SystemStart($0) }
    }

    /// Reads procfs; nothing of it waits for a disk or a network.
    public func samples() -> [Sample] {
        statusSamples() + fileSamples()
    }

    private func statusSamples() -> [Sample] {
        guard let status = Self.text("\(folder)/self/stat").flatMap({ ProcessStatus($0) }) else { return [] }
        var samples: [Sample] = [
            .counter("process_cpu_seconds_total", Double(status.cpuTicks) / ticksPerSecond, help: "User and system CPU time in seconds."),
            .gauge("process_resident_memory_bytes", Double(status.residentPages) * pageSize, help: "Resident memory size in bytes."),
            .gauge("process_virtual_memory_bytes", Double(status.virtualMemory), help: "Virtual memory size in bytes."),
            .gauge("process_threads", Double(status.threads), help: "Number of operating system threads."),
        ]
        if let systemStart {
            let start = Double(systemStart.secondsSince1970) + Double(status.startTicks) / ticksPerSecond
            samples.append(.gauge("process_start_time_seconds", start, help: "Start time of the process since 1970 in seconds."))
        }
        return samples
    }

    private func fileSamples() -> [Sample] {
        var samples: [Sample] = []
        // No entry is no process to tell of: not an error worth a line at each scrape.
        if let entries = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/self/fd") {
            // Looking opens the folder itself, which is one of its entries.
            samples.append(.gauge("process_open_fds", Double(max(0, entries.count - 1)), help: "Number of open file descriptors."))
        }
        if let limits = Self.text("\(folder)/self/limits").flatMap({ ProcessLimits($0) }) {
            samples.append(.gauge("process_max_fds", limits.openFiles, help: "Maximum number of open file descriptors."))
        }
        return samples
    }

    /// A program's name may be any bytes, so these texts may be no right UTF-8.
    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
