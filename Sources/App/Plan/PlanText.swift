import Foundation
import Site

/// A plan as people read it.
struct PlanText {
    let plan: SitePlan

    var text: String {
        var lines = ["\(Style.quiet.on("served")) \(plan.served.prefix(12))  \(Style.quiet.on("planned")) \(plan.planned.prefix(12))", ""]
        for entry in plan.entries { lines.append("  " + line(entry)) }
        if !plan.entries.isEmpty { lines.append("") }
        for link in plan.linksBroken { lines.append("  \(Style.red.on("breaks")) \(link)") }
        for link in plan.linksHealed { lines.append("  \(Style.green.on("heals"))  \(link)") }
        if !(plan.linksBroken + plan.linksHealed).isEmpty { lines.append("") }
        for change in plan.due {
            let moment = Date(timeIntervalSince1970: change.at).formatted(.iso8601)
            lines.append("  \(Style.quiet.on(moment)) \(change.address) \(change.appears ? "appears" : "disappears")")
        }
        if !plan.due.isEmpty { lines.append("") }
        return lines.joined(separator: "\n") + summary + "\n"
    }

    private var summary: String {
        guard !plan.entries.isEmpty || !plan.linksBroken.isEmpty || !plan.linksHealed.isEmpty else { return "Nothing would change." }
        var parts = [
            "\(plan.count(.added)) added", "\(plan.count(.changed)) changed", "\(plan.count(.redirected)) redirected",
            "\(plan.count(.removed)) removed",
        ]
        let broken = plan.entries.count(where: \.breaks) + plan.linksBroken.count
        parts.append(broken == 0 ? Style.green.on("nothing breaks") : Style.red.on("\(broken) broken"))
        return parts.joined(separator: ", ")
    }

    private func line(_ entry: SitePlan.Entry) -> String {
        let title = entry.title.map { "  " + Style.quiet.on($0) } ?? ""
        return switch entry.change {
        case .added: "\(Style.green.on("+")) \(entry.address)\(title)"
        case .changed: "\(Style.yellow.on("~")) \(entry.address)\(title)"
        case .redirected: "\(Style.yellow.on(">")) \(entry.address) leads to \(entry.target ?? "")\(title)"
        case .removed: "\(Style.red.on("-")) \(entry.address)\(title)"
        }
    }
}
