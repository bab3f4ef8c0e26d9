/// What the site sends down a connection, as a user event, to hear of a client that goes away before it has its answer.
///
/// A client that closes its sending side counts as gone, as with other proxies: browsers do nothing else when somebody
/// presses stop. One that only has no more to ask still gets what it is owed; the site decides.
public struct DepartureWatch: Sendable {
    let onDeparture: @Sendable () -> Void

    /// - Parameter onDeparture: called once at most, on the connection's event loop, and not after the answer's end.
    public init(onDeparture: @escaping @Sendable () -> Void) { self.onDeparture = onDeparture }
}
