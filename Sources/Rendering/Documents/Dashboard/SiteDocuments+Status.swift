public import Site

/// Whether the stack works: a page that is the same for everybody, and what changes in it.
extension SiteDocuments {
    /// Has no state in it; where states are shown it says where they come from.
    public func status(in site: SiteSnapshot) -> String { render(statusComposition(in: site)) }

    func statusComposition(in site: SiteSnapshot) -> Composition {
        var context = base(site, path: OwnPaths.status, title: "Status")
        context["isShell"] = true
        return Composition(template: "dashboard/status", context: context)
    }

    /// The same page with the states of one moment, by itself.
    public func statusParts(_ board: StatusBoard, in site: SiteSnapshot) -> String {
        var context = base(site, path: PagePath(components: ["status", "parts"]), title: "Status", isHiddenFromSearch: true, isAddressable: false)
        let parts: [TemplateContext] = board.parts.map { part in
            let (state, tone): (String, StateTone) =
                switch part.state {
                case .works: ("Works", .good)
                case .fails: ("Does not work", .bad)
                case .absent: ("Not used here", .plain)
                }
            var context: TemplateContext = ["name": part.name, "state": state, "tone": tone.rawValue, "isSince": part.since != nil]
            context["since"] = part.since.map { moment($0, now: board.at) }
            return context
        }
        let failing = board.parts.count { $0.state == .fails }
        let title =
            switch failing {
            case 0: "Everything works"
            case 1: "One part does not work"
            default: "\(failing) parts do not work"
            }
        context["isShell"] = false
        context["board"] =
            ["title": title, "tone": (failing == 0 ? StateTone.good : .bad).rawValue, "parts": parts, "at": moment(board.at, now: board.at)]
            as TemplateContext
        return render(Composition(template: "dashboard/status", context: context))
    }
}
