public import FoundationEssentials
public import Site

/// Pages on which people look after their own account. Nobody else may see them: no cache keeps them, no index lists them.
extension SiteDocuments {
    /// What stands in the header between `<!--account-->` and `<!--/account-->` for somebody who is signed in.
    public func accountMenu(name: String, isAdmin: Bool) -> String {
        render(Composition(template: "partials/account-menu", context: ["account": menu(name: name, isAdmin: isAdmin)]))
    }

    public func accountOverview(_ overview: AccountOverview, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        var email = field(overview.newEmail)
        email["value"] = overview.newEmail.value
        var content: TemplateContext = [
            "name": overview.name, "email": overview.email, "role": overview.role, "memberSince": moment(overview.memberSince, now: now),
            "sessions": overview.sessions == 1 ? "This one only" : "\(overview.sessions)",
            "form": [
                "name": field(overview.newName), "email": email,
                "isEmailOpen": overview.newEmail.error != nil || overview.emailPasswordError != nil,
                "isPasswordOpen": overview.currentPasswordError != nil || overview.newPasswordError != nil,
            ] as TemplateContext,
            "emailPassword": passwordField("email-password", label: "Current password", error: overview.emailPasswordError),
            "currentPassword": passwordField("password-current", name: "current", label: "Current password", error: overview.currentPasswordError),
            "newPassword": passwordField("password-new", label: "New password", isNew: true, error: overview.newPasswordError),
        ]
        content["passwordChanged"] = overview.passwordChangedAt.map { moment($0, now: now) }
        if case .on(let left) = overview.secondFactor { content["secondFactor"] = ["left": Self.codesLeft(left)] as TemplateContext }
        content["notice"] = overview.notice.map(notice)
        content["summary"] = overview.summary
        return areaPage("overview", at: "/account", title: "Your account", content, for: viewer, in: site)
    }

    public func accountDeletion(_ form: DeletionForm, for viewer: AccountViewer, in site: SiteSnapshot) -> String {
        var content: TemplateContext = [
            "email": viewer.email, "form": ["confirmation": field(form.confirmation)] as TemplateContext,
            "password": passwordField("delete-password", label: "Your password", error: form.passwordError),
        ]
        content["obstacle"] = form.obstacle
        content["summary"] = form.summary
        return areaPage("delete", at: "/account/delete", title: "Delete your account", content, for: viewer, in: site)
    }

    public func sessions(_ list: SessionList, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let revokePath = "/account/sessions/revoke"
        let entries = Self.ordered(list.entries)
        var content: TemplateContext = [:]
        content["here"] = items(entries.filter(\.isCurrent).map { session($0, revokePath: revokePath, now: now) })
        content["others"] = items(entries.filter { !$0.isCurrent }.map { session($0, revokePath: revokePath, now: now) })
        content["newcomers"] = newcomers(entries.filter { $0.isNew && !$0.isCurrent }, now: now)
        content["notice"] = list.notice.map(notice)
        return areaPage("sessions", at: "/account/sessions", title: "Sessions", content, for: viewer, in: site)
    }

    public func activity(_ page: ActivityPage, for viewer: AccountViewer, in site: SiteSnapshot, now: Date) -> String {
        let entries: [TemplateContext] = page.entries.map { entry in
            let origin = [entry.device, entry.address].compactMap(\.self).filter { !$0.isEmpty }
            var context: TemplateContext = ["text": entry.text, "at": moment(entry.at, now: now), "isRefused": entry.isRefused]
            context["origin"] = origin.isEmpty ? nil : origin.joined(separator: ", ")
            return context
        }
        var content: TemplateContext = ["isOlderPage": page.isOlderPage]
        content["entries"] = items(entries)
        content["pages"] = pages(first: page.isOlderPage ? ("Newest", "/account/activity") : nil, following: page.older.map { ("Older", $0) })
        return areaPage("activity", at: "/account/activity", title: "Activity", content, for: viewer, in: site)
    }

    public func twoFactor(_ page: TwoFactorPage, for viewer: AccountViewer, in site: SiteSnapshot) -> String {
        var content: TemplateContext = [:]
        switch page.state {
        case .off: content["off"] = true
        case .setup(let setup):
            var context: TemplateContext = ["secret": setup.secret, "address": setup.address]
            context["body"] = setup.qrCode.isEmpty ? nil : setup.qrCode
            context["codeError"] = setup.codeError
            context["password"] = passwordField("setup-password", label: "Your password", error: setup.passwordError)
            content["setup"] = context
        case .on(let left):
            content["on"] =
                [
                    "left": Self.codesLeft(left),
                    "isRecoveryOpen": page.recoveryPasswordError != nil,
                    "recoveryPassword": passwordField("recovery-password", label: "Your password", error: page.recoveryPasswordError),
                    "isOffOpen": page.offPasswordError != nil,
                    "offPassword": passwordField("off-password", label: "Your password", error: page.offPasswordError),
                ] as TemplateContext
        }
        content["notice"] = page.notice.map(notice)
        content["summary"] = page.summary
        return areaPage("two-factor", at: "/account/two-factor", title: "Two-factor sign-in", content, for: viewer, in: site)
    }

    /// The codes that were just made, which nobody can show a second time.
    public func recoveryCodes(_ codes: [String], notice: PageNotice? = nil, for viewer: AccountViewer, in site: SiteSnapshot) -> String {
        var content: TemplateContext = ["codes": codes]
        content["notice"] = notice.map { self.notice($0) }
        return areaPage("recovery-codes", at: "/account/two-factor", title: "Recovery codes", content, for: viewer, in: site)
    }

    // MARK: Parts

    /// A page that belongs to no index and has no address to link to.
    func accountPage(_ template: String, at path: String, title: String, _ content: TemplateContext, in site: SiteSnapshot) -> String {
        var context = base(site, path: PagePath(canonical: path), title: title, isHiddenFromSearch: true, isAddressable: false)
        context.add(content)
        return render(Composition(template: "account/\(template)", context: context))
    }

    /// A page with the ways through the account area beside it.
    func areaPage(
        _ template: String, at path: String, title: String, _ content: TemplateContext, for viewer: AccountViewer, in site: SiteSnapshot
    ) -> String {
        var context = content
        context["account"] = menu(name: viewer.name, isAdmin: viewer.isAdmin)
        context["passwordOwner"] = viewer.email
        let ways = Self.ways.filter { viewer.isAdmin || !$0.path.hasPrefix("/admin/") }
        // The nearest way above the page, and the overview only for what lies under no other.
        let nearest = ways.map(\.path).filter { path == $0 || path.hasPrefix("\($0)/") }.max { $0.count < $1.count }
        func links(_ prefix: String) -> [TemplateContext] {
            ways.filter { $0.path.hasPrefix(prefix) }.map { way in
                // `false` must not find the mark of anything around it.
                let current: any TemplateConvertible = way.path == path ? "page" : way.path == nearest ? "true" : false
                return ["title": way.title, "url": way.path, "current": current]
            }
        }
        var area: TemplateContext = ["own": links("/account")]
        area["admin"] = items(links("/admin/"))
        context["area"] = area
        return accountPage(template, at: path, title: title, context, in: site)
    }

    private static let ways = [
        (title: "Overview", path: "/account"),
        (title: "Sessions", path: "/account/sessions"),
        (title: "Activity", path: "/account/activity"),
        (title: "People", path: "/admin/people"),
        (title: "Audit", path: "/admin/audit"),
    ]

    private func menu(name: String, isAdmin: Bool) -> TemplateContext {
        let initial = name.first { $0.isLetter || $0.isNumber }.map { $0.uppercased() } ?? "•"
        return ["name": name, "initial": initial, "isAdmin": isAdmin]
    }

    func notice(_ notice: PageNotice) -> TemplateContext { ["tone": notice.tone.rawValue, "text": notice.text] }

    func field(_ field: FormField) -> TemplateContext {
        var context: TemplateContext = ["value": field.value]
        context["error"] = field.error
        return context
    }

    func passwordField(_ id: String, name: String = "password", label: String, isNew: Bool = false, error: String?) -> TemplateContext {
        var context: TemplateContext = ["id": id, "name": name, "label": label, "isNew": isNew]
        context["error"] = error
        return context
    }

    func choices(_ choices: [Choice]) -> [TemplateContext] {
        choices.map { ["value": $0.value, "title": $0.title, "isSelected": $0.isSelected] }
    }

    func moment(_ date: Date, now: Date) -> TemplateContext { MomentText(date, now: now).context }

    /// Ways through a list that is longer than a page.
    func pages(first: (title: String, url: String)?, following: (title: String, url: String)?) -> TemplateContext? {
        guard first != nil || following != nil else { return nil }
        var pages: TemplateContext = [:]
        pages["first"] = first.map { link -> TemplateContext in ["title": link.title, "url": link.url] }
        pages["following"] = following.map { link -> TemplateContext in ["title": link.title, "url": link.url] }
        return pages
    }

    static func ordered(_ entries: [SessionEntry]) -> [SessionEntry] {
        entries.sorted {
            if $0.isCurrent != $1.isCurrent { return $0.isCurrent }
            return $0.lastSeenAt == $1.lastSeenAt ? $0.id < $1.id : $0.lastSeenAt > $1.lastSeenAt
        }
    }

    func session(_ entry: SessionEntry, revokePath: String, now: Date) -> TemplateContext {
        [
            "id": entry.id, "kind": entry.kind.rawValue, "device": entry.device, "address": entry.address ?? "",
            "hasAddress": entry.address?.isEmpty == false, "signedIn": moment(entry.signedInAt, now: now), "method": entry.method,
            "lastSeen": moment(entry.lastSeenAt, now: now), "ends": moment(entry.endsAt, now: now), "userAgent": entry.userAgent,
            "isCurrent": entry.isCurrent, "isNew": entry.isNew, "revokePath": revokePath,
        ]
    }

    private func newcomers(_ entries: [SessionEntry], now: Date) -> TemplateContext? {
        guard !entries.isEmpty else { return nil }
        let list = entries.map { entry in
            "\(entry.device), signed in \(MomentText(entry.signedInAt, now: now).relative)\(entry.address.map { " from \($0)" } ?? "")"
        }
        let title = list.count == 1 ? "A device is new since your last visit" : "\(list.count) devices are new since your last visit"
        let advice = list.count == 1 ? "Not you? Sign it out below" : "Not all you? Sign out below what is not yours"
        return ["title": title, "text": "\(list.joined(separator: "; ")). \(advice) and change your password."]
    }

    private static func codesLeft(_ count: Int) -> String {
        switch count {
        case ...0: "No recovery code is left"
        case 1: "1 recovery code is left"
        default: "\(count) recovery codes are left"
        }
    }
}
