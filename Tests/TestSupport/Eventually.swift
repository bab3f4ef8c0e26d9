/// Waits until `condition` holds, and returns how long that took; `nil` after `limit`.
public func eventually(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async throws -> Duration? {
    let clock = ContinuousClock()
    let start = clock.now
    while try await !condition() {
        guard clock.now - start < limit else { return nil }
        try await Task.sleep(for: .milliseconds(5))
    }
    return clock.now - start
}
