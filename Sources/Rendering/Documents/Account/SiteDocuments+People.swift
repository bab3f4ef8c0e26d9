public import FoundationEssentials
public import Site

/// Pages on which administrators look after everybody's accounts.
extension SiteDocuments {
    public func people(_ page: PeoplePage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let people: [TemplateContext] = page.people.map { person in
            var context: TemplateContext = [
                "url": Self.path(ofPerson: person.id), "name": person.name, "email": person.email, "role": person.role, "isViewer": person.isViewer,
                "isActive": person.state == .active, "isLocked": person.state == .locked, "isWaiting": person.state == .waiting,
                "wasSeen": person.lastSeenAt != nil,
            ]
            context["lastSeen"] = person.lastSeenAt.map { moment($0, now: now) }
            return context
        }
        var content: TemplateContext = [
            "query": page.query, "isSearch": !page.query.isEmpty,
            "form": ["email": field(page.invitationEmail), "roles": choices(page.invitationRoles)] as TemplateContext,
        ]
        content["people"] = items(people)
        let start = page.query.isEmpty ? "/admin/people" : "/admin/people?q=\(PercentEncoding.encodeQueryValue(page.query))"
        content["pages"] = pages(first: page.isLaterPage ? ("First page", start) : nil, following: page.next.map { ("Next page", $0) })
        content["notice"] = page.notice.map(notice)
        content["summary"] = page.summary
        return areaPage("people", at: "/admin/people", title: "People", content, for: viewer, in: site)
    }

    public func person(_ page: PersonPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let path = Self.path(ofPerson: page.id)
        let sessions = Self.ordered(page.sessions).map { session($0, revokePath: "\(path)/sessions/revoke", now: now) }
        var content: TemplateContext = [
            "path": path, "email": page.email, "role": page.role, "roles": choices(page.roles), "memberSince": moment(page.memberSince, now: now),
            "hasPassword": page.hasPassword, "hasSecondFactor": page.hasSecondFactor, "isViewer": page.isViewer,
            "auditPath": "/admin/audit?person=\(PercentEncoding.encodeQueryValue(page.email))",
            "form": ["confirmation": field(page.confirmation)] as TemplateContext,
        ]
        content["locked"] = page.lockedAt.map { moment($0, now: now) }
        content["sessions"] = items(sessions)
        content["notice"] = page.notice.map(notice)
        content["summary"] = page.summary
        return areaPage("person", at: path, title: page.name, content, for: viewer, in: site)
    }

    public func issuedLink(_ link: IssuedLink, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let (title, explanation, back): (String, String, String) =
            switch link.purpose {
            case .invitation(let email?, let role):
                ("Invitation", "Give this link to \(email). It makes their account, with the role \(role).", "/admin/people")
            case .invitation(nil, let role):
                ("Invitation", "Whoever has this link first can make an account with the role \(role). Hand it over in private.", "/admin/people")
            case .passwordReset(let name, let id):
                ("Reset link", "Give this link to \(name), in private: whoever has it chooses the new password.", Self.path(ofPerson: id))
            }
        let content: TemplateContext = [
            "explanation": explanation, "address": link.address, "expires": moment(link.expiresAt, now: now), "back": back,
        ]
        return areaPage("link", at: "\(back)/link", title: title, content, for: viewer, in: site)
    }

    public func audit(_ page: AuditPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let entries: [TemplateContext] = page.entries.map { entry in
            var context: TemplateContext = [
                "at": moment(entry.at, now: now), "action": entry.action, "isRefused": entry.isRefused, "actor": person(entry.actor),
                "hasSubject": entry.subject != nil, "from": entry.address ?? "Unknown", "hasDevice": entry.device?.isEmpty == false,
                "details": entry.details + (entry.requestID.map { ["request: \($0)"] } ?? []),
            ]
            context["subject"] = entry.subject.map(person)
            context["device"] = entry.device
            return context
        }
        let filter = page.filter
        var content: TemplateContext = [
            "form": [
                "actions": choices(filter.actions), "outcomes": choices(filter.outcomes), "person": field(filter.person),
                "address": field(filter.address), "isActive": filter.isActive,
            ] as TemplateContext
        ]
        content["entries"] = items(entries)
        content["pages"] = pages(first: page.newest.map { ("Newest", $0) }, following: page.older.map { ("Older", $0) })
        content["summary"] = page.summary
        return areaPage("audit", at: "/admin/audit", title: "Audit trail", content, for: viewer, in: site)
    }

    private func person(_ person: AuditPage.Person) -> TemplateContext {
        var context: TemplateContext = ["name": person.name]
        context["url"] = person.id.map(Self.path)
        return context
    }

    private static func path(ofPerson id: String) -> String { "/admin/people/\(PercentEncoding.encodePath(id))" }
}
