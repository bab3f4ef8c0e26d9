import NIOCore
import Synchronization

/// What all connections of a simulated gateway share.
final class SimulatorCore: Sendable {
    let configuration: GatewaySimulator.Configuration
    let seen = SeenRequests()
    let connections = OpenConnections()
    let hub = SocketHub()
    let runs = ActiveRuns()
    let calls = CallCounts()
    let ids = SimulatedIDs()
    let wrongTokens: WrongTokens
    let devices = PairedDevices()
    let world: SimulatedWorld
    private let began = NIODeadline.now()
    private let loop: any EventLoop
    private let current: Mutex<SimulatorFaults>
    private let happenings = Mutex<RepeatedTask?>(nil)

    init(_ configuration: GatewaySimulator.Configuration, loop: any EventLoop) {
        self.configuration = configuration
        self.loop = loop
        current = Mutex(configuration.faults)
        wrongTokens = WrongTokens(lockOut: TimeAmount(configuration.lockOut))
        world = SimulatedWorld(now: configuration.now())
    }

    static let version = "2026.9.4-simulator"

    var faults: SimulatorFaults {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    var now: Int { configuration.now() }

    var uptime: Int { Int((NIODeadline.now() - began).nanoseconds / 1_000_000) }

    func startHappenings() {
        guard let pause = configuration.happening else { return }
        let task = loop.scheduleRepeatedTask(initialDelay: TimeAmount(pause), delay: TimeAmount(pause)) { [weak self] _ in self?.happen() }
        happenings.withLock { $0 = task }
    }

    func stopHappenings() {
        happenings.withLock { task in
            task?.cancel()
            task = nil
        }
    }

    private func happen() {
        guard !faults.silent else { return }
        for event in world.happen(now: now) { hub.publish(event) }
    }
}
