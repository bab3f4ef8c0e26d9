import Gateway
import JSON

/// An event of the gateway in words; never with what somebody said.
struct HappeningView: Equatable, Sendable {
    /// The gateway's name for it.
    var kind: String
    var text: String
    var isTrouble: Bool
    /// The least role that may see it.
    var role: GatewayRole

    init(kind: String, text: String, isTrouble: Bool = false, role: GatewayRole = .user) {
        self.kind = kind
        self.text = text
        self.isTrouble = isTrouble
        self.role = role
    }

    /// `nil` for what is only noise, and for what nobody may see.
    init?(_ event: GatewayEvent) {
        guard let role = GatewayRoutes.role(toSee: event.name) else { return nil }
        let payload = event.payload
        func tell(_ text: String, isTrouble: Bool = false) -> HappeningView {
            HappeningView(kind: event.name, text: text, isTrouble: isTrouble, role: role)
        }
        let session = payload["sessionKey"]?.words(120) ?? payload["key"]?.words(120)
        let place = session.map { " in \($0)" } ?? ""
        switch event.name {
        // They come all the time, or are parts of something that is told when it is complete.
        case "tick", "agent", "session.message", "session.tool": return nil
        case "chat":
            switch payload["state"]?.string {
            case "final"?: self = tell("An answer is complete\(place).")
            case "aborted"?: self = tell("An answer was stopped\(place).")
            case "error"?:
                let reason = payload["errorKind"]?.words(40).map { ": \($0.replacing("_", with: " "))" } ?? ""
                self = tell("An answer failed\(place)\(reason).", isTrouble: true)
            default: return nil
            }
        case "sessions.changed": self = tell("A conversation changed\(session.map { ": \($0)" } ?? "").")
        case "presence": self = tell("Who is connected to the gateway has changed.")
        case "health":
            guard payload["ok"]?.bool == false else { return nil }
            self = tell("The gateway is not well.", isTrouble: true)
        case "heartbeat":
            let status = payload["status"]?.words(60)
            self = tell("Heartbeat\(status.map { ": \($0)" } ?? "").", isTrouble: status == "failed" || status == "error")
        case "cron":
            let name = payload["name"]?.words(80) ?? payload["jobName"]?.words(80) ?? payload["jobId"]?.words(80) ?? "A job"
            let isFailed = payload["status"]?.string == "error" || payload["error"]?.words() != nil
            let action = payload["action"]?.words(40) ?? "changed"
            self = tell("\(name): \(action)\(isFailed ? ", failed" : "").", isTrouble: isFailed)
        case "shutdown":
            self = tell("The gateway stops\(payload["reason"]?.words(80).map { ": \($0)" } ?? "").", isTrouble: true)
        case "config.changed": self = tell("The gateway’s configuration has changed.")
        case "exec.approval.requested": self = tell("An agent asks whether it may run a program.", isTrouble: true)
        case "exec.approval.resolved": self = tell("It was decided whether an agent may run a program.")
        case "task": self = tell("A task changed\(payload["status"]?.words(40).map { ": \($0)" } ?? "").")
        default: self = tell(event.name)
        }
    }

    /// The connection of this site to the gateway.
    init?(_ state: GatewayLink.State) {
        switch state {
        case .connecting: return nil
        case .ready(let hello): self.init(kind: "connection", text: "Connected to the gateway, version \(hello.version).")
        case .unavailable(let problem): self.init(kind: "connection", text: problem.title + ".", isTrouble: true)
        }
    }
}
