/// `/proc/self/limits`.
struct ProcessLimits: Equatable {
    /// How many files may be open at once, the soft limit; infinity if there is none.
    let openFiles: Double

    init?(_ text: String) {
        let title = "Max open files"
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(title) }),
            let soft = line.dropFirst(title.count).split(separator: " ").first
        else { return nil }
        if soft == "unlimited" {
            openFiles = .infinity
        } else {
            guard let number = UInt64(soft) else { return nil }
            openFiles = Double(number)
        }
    }
}
