/// When the system started, from `/proc/stat`.
struct SystemStart: Equatable {
    let secondsSince1970: UInt64

    init?(_ text: String) {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }), let seconds = UInt64(line.dropFirst(6)) else {
            return nil
        }
        secondsSince1970 = seconds
    }
}
