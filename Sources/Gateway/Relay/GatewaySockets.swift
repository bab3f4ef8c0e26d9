public import NIOCore
import NIOSSL

/// Sockets of browsers, each with a socket of its own to the gateway, on which this site has introduced itself.
///
/// Messages pass both ways as they are, those of the browser where its role may send them.
public final class GatewaySockets: Sendable {
    private let configuration: GatewayConfiguration
    private let device: GatewayDevice
    private let means: GatewayMeans
    private let patience: SocketPatience
    private let dialer: GatewayDialer
    private let hall: SocketHall

    /// Reads the machine's certificates where the endpoint is TLS, so not to be called on an event loop.
    ///
    /// - Parameter group: not used; each socket to the gateway lives on the event loop of its browser's.
    public convenience init(_ configuration: GatewayConfiguration, device: GatewayDevice, group: any EventLoopGroup, means: GatewayMeans) {
        self.init(configuration, device: device, means: means, patience: SocketPatience())
    }

    init(
        _ configuration: GatewayConfiguration, device: GatewayDevice, means: GatewayMeans, patience: SocketPatience, tls: TLSConfiguration? = nil
    ) {
        self.configuration = configuration
        self.device = device
        self.means = means
        self.patience = patience
        dialer = GatewayDialer(configuration, tls: tls)
        hall = SocketHall(configuration.limits)
    }

    /// Takes a place among those that there may be at once.
    ///
    /// - Throws: ``GatewayProblem`` with `tooManyStreams`, or with `unreachable` after ``shutdown()``.
    public func admit(_ caller: GatewayCaller) throws(GatewayProblem) -> Seat {
        Seat(sockets: self, caller: caller, place: try hall.place(for: caller.id))
    }

    /// One admitted socket; the place is free again when it is gone.
    public struct Seat: Sendable {
        fileprivate let sockets: GatewaySockets
        fileprivate let caller: GatewayCaller
        fileprivate let place: SocketHall.Place

        /// Adds what speaks the protocol to a channel that has become a WebSocket. Called on the channel's event loop, once;
        /// not called at all where the upgrade fails.
        ///
        /// - Parameter position: behind NIO's frame decoder and encoder; nothing goes further down the pipeline.
        public func join(_ channel: any Channel, at position: ChannelPipeline.SynchronousOperations.Position = .last) throws {
            try sockets.join(channel, position, caller, place)
        }
    }

    /// Open now.
    public var count: Int { hall.count }

    private func join(
        _ channel: any Channel, _ position: ChannelPipeline.SynchronousOperations.Position, _ caller: GatewayCaller, _ place: SocketHall.Place
    ) throws {
        let settings = GatewaySocket.Settings(
            dialer: dialer, configuration: configuration, device: device, scopes: caller.role.scopes, keepsDeviceToken: false,
            patience: patience, makeID: means.makeID)
        try SocketRelay(caller, place: place, hall: hall, settings: settings, means: means).join(channel, at: position)
    }

    /// Closes all with 1001 (going away).
    public func shutdown() async { await hall.close() }
}
