import ArgumentParser

/// `40ms`, `5s` or `2m`.
struct DurationOption: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration
    let description: String

    init?(argument: String) {
        for (unit, milliseconds) in [("ms", 1), ("s", 1_000), ("m", 60_000)] where argument.hasSuffix(unit) {
            guard let number = Int(argument.dropLast(unit.count)), (0...86_400_000 / milliseconds).contains(number) else { return nil }
            duration = .milliseconds(number * milliseconds)
            description = argument
            return
        }
        return nil
    }
}
