/// `/proc/self/stat`, the fields that metrics need (proc(5)).
struct ProcessStatus: Equatable {
    /// User and system time, in clock ticks.
    let cpuTicks: UInt64
    let threads: Int
    /// In clock ticks since the system started.
    let startTicks: UInt64
    /// In bytes.
    let virtualMemory: UInt64
    /// In pages.
    let residentPages: UInt64

    init?(_ text: String) {
        // The program's name stands in parentheses and may hold blanks and parentheses itself.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
        // The first of these is proc(5)'s third field.
        guard fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]), let threads = Int(fields[17]),
            let start = UInt64(fields[19]), let virtual = UInt64(fields[20]), let resident = UInt64(fields[21])
        else { return nil }
        cpuTicks = user &+ system
        self.threads = threads
        startTicks = start
        virtualMemory = virtual
        residentPages = resident
    }
}
