import Gateway
import JSON

/// A part of the dashboard that may look different after an event.
enum LiveTopic: String, Sendable, CaseIterable {
    case link, agents, sessions, channels, jobs, events, history

    /// What to look at again, for somebody with `role` who reads `session`.
    static func touched(by event: GatewayEvent, role: GatewayRole, session: String?) -> [LiveTopic] {
        guard let least = GatewayRoutes.role(toSee: event.name), least <= role else { return [] }
        let isTold = HappeningView(event) != nil
        var topics: [LiveTopic] = isTold ? [.events] : []
        switch event.name {
        case "chat":
            // Words as they come are told by themselves.
            if isTold { topics += [.agents, .sessions] }
        case "sessions.changed": topics += [.agents, .sessions]
        case "session.message":
            topics += [.sessions]
            if event.payload["sessionKey"]?.string == session { topics.append(.history) }
        case "presence", "health": topics += [.channels, .agents]
        case "cron": topics += [.jobs]
        case "heartbeat": topics += [.agents]
        case "shutdown", "config.changed": topics += [.link, .agents, .channels, .jobs]
        default: break
        }
        return topics
    }
}
