import Foundation
import Testing

@testable import Telemetry

@Suite struct ProcessMetricsTests {
    private static let stat =
        "4242 (a ) b(c) S 1 4242 4242 0 -1 4194560 26045 0 12 0 250 150 0 0 20 0 9 0 123456 1073741824 5000 18446744073709551615 1 1 0 0 0\n"
    private static let limits = """
        Limit                     Soft Limit           Hard Limit           Units     
        Max processes             127188               127188               processes 
        Max open files            1024                 524288               files     
        Max locked memory         8388608              8388608              bytes     

        """

    @Test func `the status is read after the program's name, whatever that holds`() throws {
        let status = try #require(ProcessStatus(Self.stat))
        #expect(status.cpuTicks == 400)
        #expect(status.threads == 9)
        #expect(status.startTicks == 123_456)
        #expect(status.virtualMemory == 1_073_741_824)
        #expect(status.residentPages == 5_000)
    }

    @Test(arguments: ["", "1 (a", "1 (a) S 1 2", "1 (a) S 1 1 1 0 -1 1 1 0 1 0 x 150 0 0 20 0 9 0 1 1 1"])
    func `a status that is cut off or wrong is none`(_ text: String) {
        #expect(ProcessStatus(text) == nil)
    }

    @Test func `the soft limit of open files counts`() {
        #expect(ProcessLimits(Self.limits)?.openFiles == 1_024)
        #expect(ProcessLimits(Self.limits.replacing("1024  ", with: "unlimited  "))?.openFiles == .infinity)
        #expect(ProcessLimits("Max open files            many  many files") == nil)
        #expect(ProcessLimits("Max cpu time  unlimited unlimited seconds") == nil)
    }

    @Test func `the system's start is one line of many`() {
        #expect(SystemStart("cpu  1 2 3\nintr 5 6\nctxt 7\nbtime 1700000000\nprocesses 8\n")?.secondsSince1970 == 1_700_000_000)
        #expect(SystemStart("cpu 1\n") == nil)
    }

    @Test func `files of procfs become samples`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("self/fd"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("btime 1700000000\n".utf8).write(to: folder.appendingPathComponent("stat"))
        try Data(Self.stat.utf8).write(to: folder.appendingPathComponent("self/stat"))
        try Data(Self.limits.utf8).write(to: folder.appendingPathComponent("self/limits"))
        for name in ["0", "1", "2", "3"] { try Data().write(to: folder.appendingPathComponent("self/fd/\(name)")) }
        let metrics = ProcessMetrics(folder: folder.path, ticksPerSecond: 100, pageSize: 4_096)
        let registry = PrometheusRegistry()
        registry.onRender(metrics.samples)
        #expect(
            registry.render().hasSuffix(
                """
                # HELP process_cpu_seconds_total User and system CPU time in seconds.
                # TYPE process_cpu_seconds_total counter
                process_cpu_seconds_total 4
                # HELP process_max_fds Maximum number of open file descriptors.
                # TYPE process_max_fds gauge
                process_max_fds 1024
                # HELP process_open_fds Number of open file descriptors.
                # TYPE process_open_fds gauge
                process_open_fds 3
                # HELP process_resident_memory_bytes Resident memory size in bytes.
                # TYPE process_resident_memory_bytes gauge
                process_resident_memory_bytes 20480000
                # HELP process_start_time_seconds Start time of the process since 1970 in seconds.
                # TYPE process_start_time_seconds gauge
                process_start_time_seconds 1700001234.56
                # HELP process_threads Number of operating system threads.
                # TYPE process_threads gauge
                process_threads 9
                # HELP process_virtual_memory_bytes Virtual memory size in bytes.
                # TYPE process_virtual_memory_bytes gauge
                process_virtual_memory_bytes 1073741824

                """))
    }

    @Test func `what cannot be read is left out`() {
        #expect(ProcessMetrics(folder: "/nowhere", ticksPerSecond: 100, pageSize: 4_096).samples().isEmpty)
    }

    @Test func `this process can be read`() throws {
        let values = Dictionary(uniqueKeysWithValues: ProcessMetrics().samples().map { ($0.name, $0.value) })
        #expect(values.count == 7)
        let now = Date().timeIntervalSince1970
        let start = try #require(values["process_start_time_seconds"])
        #expect(start > now - 86_400 && start < now + 5)
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_open_fds"]) >= 3)
        #expect(try #require(values["process_threads"]) >= 1)
        #expect(try #require(values["process_cpu_seconds_total"]) >= 0)
    }
}
