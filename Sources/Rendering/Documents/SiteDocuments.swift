import FoundationEssentials
public import Site

/// Every HTML document of a site: one function a kind of page.
///
/// Pure: a snapshot and the templates go in, a document comes out; no file, no
/// socket, no clock.
public struct SiteDocuments: Sendable {
    private let templates: TemplateLibrary
    let assets: AssetCatalog
    /// Shows diagnostics on the pages and loads the script that reloads them.
    let isDevelopment: Bool
    private let parts = PreparedParts()

    public init(templates: TemplateLibrary, assets: AssetCatalog, isDevelopment: Bool = false) {
        self.templates = templates
        self.assets = assets
        self.isDevelopment = isDevelopment
    }

    // MARK: Kinds of page

    /// A note or a folder, in the template that it asks for or that fits it.
    public func page(_ page: Page, in site: SiteSnapshot) -> String {
        var composition = composition(of: page, in: site)
        let body = site.bodies.body(of: page)
        composition.context["body"] = body.html
        composition.context["outline"] = outline(of: page)
        composition.context["backlinks"] = items(backlinks(of: page, in: site).map(link))
        composition.context["children"] = items(site.children(of: page.path).map(child))
        if composition.template == "home" {
            composition.context["lead"] = body.lead
            composition.context["sections"] = body.sections.enumerated().map(homeSection)
        }
        guard let group = sidebarGroup(of: page.path, in: site) else { return render(composition) }
        let fragment = parts.sidebar(of: group, in: site) {
            templates.fragment(Self.sidebarPartial, ["sidebar": sidebar(group, site) { TemplateMark(name: $0.description) }])
        }
        return templates.render(
            composition.template, composition.context, onDemand: ("sidebar", { .context(sidebar(group, current: page.path, site)) }),
            prepared: fragment.map { (Self.sidebarPartial, $0, page.path.description) })
    }

    private static let sidebarPartial = "partials/sidebar"

    /// A page without what costs most, its body and its sidebar, and without lists that are long: the outline, and links to
    /// other pages.
    func composition(of page: Page, in site: SiteSnapshot) -> Composition {
        let isSectionPage = site.section(of: page.path) != nil
        var context = base(site, path: page.path, title: page.heading ?? page.title, documentTitle: documentTitle(page, site), page: page)
        context["breadcrumbs"] = breadcrumbs(to: page, site)
        let neighbours = site.neighbours(of: page.path)
        context["previous"] = neighbours.previous.map(link)
        context["next"] = neighbours.next.map(link)
        context["related"] = items(
            page.related.map { related in
                var item: TemplateContext = ["title": related.title, "missing": related.path == nil]
                item["url"] = related.path?.description
                return item
            })
        let children = site.children(of: page.path)
        let isFolder = page.file == nil || !children.isEmpty && isIndex(page)
        let template = page.template ?? (isFolder ? "folder" : isSectionPage ? "doc" : "page")
        if template == "home" { context["facts"] = facts(of: site) }
        return Composition(template: template, context: context)
    }

    func backlinks(of page: Page, in site: SiteSnapshot) -> [Page] { (site.backlinks[page.path] ?? []).compactMap { site.pages[$0] } }

    func render(_ composition: Composition) -> String { templates.render(composition.template, composition.context) }

    func templateNames(reachedFrom name: String) -> [String] { templates.names(reachedFrom: name) }

    func digest(ofTemplate name: String, _ hash: DigestFunction) -> Digest { templates.digest(of: name, hash) }

    /// Of every template that a page can have, by name.
    func templateDigests(_ hash: DigestFunction) -> [String: Digest] {
        Dictionary(uniqueKeysWithValues: templates.pageTemplates.map { ($0, templates.digest(of: $0, hash)) })
    }

    public func tags(in site: SiteSnapshot) -> String { render(tagsComposition(in: site)) }

    func tagsComposition(in site: SiteSnapshot) -> Composition {
        var context = base(site, path: OwnPaths.tags, title: "Tags")
        context["breadcrumbs"] = breadcrumbs(to: OwnPaths.tags, title: "Tags", site)
        context["tags"] = items(site.tags.map { ["title": $0.tag.title, "url": $0.tag.path.description, "count": $0.pages.count] })
        return Composition(template: "tags", context: context)
    }

    public func tag(_ tagged: SiteSnapshot.TaggedPages, in site: SiteSnapshot) -> String { render(composition(of: tagged, in: site)) }

    func composition(of tagged: SiteSnapshot.TaggedPages, in site: SiteSnapshot) -> Composition {
        let title = "Tagged “\(tagged.tag.title)”"
        var context = base(site, path: tagged.tag.path, title: title)
        context["breadcrumbs"] = breadcrumbs(to: tagged.tag.path, title: tagged.tag.title, site)
        context["tag"] = ["title": tagged.tag.title] as TemplateContext
        context["entries"] = items(tagged.pages.compactMap { site.pages[$0] }.map(entry))
        return Composition(template: "tag", context: context)
    }

    public func wanted(in site: SiteSnapshot) -> String { render(wantedComposition(in: site)) }

    func wantedComposition(in site: SiteSnapshot) -> Composition {
        var context = base(site, path: OwnPaths.wanted, title: "Wanted pages", isHiddenFromSearch: true)
        context["breadcrumbs"] = breadcrumbs(to: OwnPaths.wanted, title: "Wanted pages", site)
        context["wanted"] = items(
            site.wanted.map { wanted in
                ["title": wanted.title, "from": wanted.wantedBy.compactMap { site.pages[$0] }.map(link)]
            })
        return Composition(template: "wanted", context: context)
    }

    public func contact(_ form: ContactForm, in site: SiteSnapshot) -> String {
        var context = base(site, path: OwnPaths.contact, title: "Contact")
        context["breadcrumbs"] = breadcrumbs(to: OwnPaths.contact, title: "Contact", site)
        context["form"] = self.form(form)
        return templates.render("contact", context)
    }

    public func contactSent(in site: SiteSnapshot) -> String {
        templates.render("contact-sent", base(site, path: OwnPaths.contact, title: "Thank you", isHiddenFromSearch: true, isAddressable: false))
    }

    public func error(_ notice: ErrorNotice, in site: SiteSnapshot) -> String {
        var context = base(site, path: .root, title: notice.title, isHiddenFromSearch: true, isAddressable: false)
        context["error"] =
            [
                "status": notice.status, "title": notice.title, "message": notice.message, "remedy": notice.remedy, "requestID": notice.requestID,
            ] as TemplateContext
        return templates.render("error", context)
    }

    // MARK: What every page has

    func base(
        _ site: SiteSnapshot, path: PagePath, title: String, documentTitle: String? = nil, page: Page? = nil, isHiddenFromSearch: Bool = false,
        isAddressable: Bool = true
    ) -> TemplateContext {
        let settings = site.settings
        var about: TemplateContext = [
            "title": title,
            "documentTitle": documentTitle ?? "\(title) · \(settings.title)",
            "path": path.description,
            "noindex": isHiddenFromSearch || page?.isHiddenFromSearch == true || page?.isDraft == true,
            "isHome": isAddressable && path.isRoot,
            "isArticle": page?.file != nil && page?.template != "home",
            "isDraft": page?.isDraft == true,
        ]
        about["description"] = nonEmpty(page?.summary ?? "") ?? nonEmpty(settings.description)
        about["canonical"] = isAddressable ? settings.origin + (path.isRoot ? "/" : PercentEncoding.encodePath(path.description)) : nil
        about["markdown"] = page?.file == nil ? nil : PercentEncoding.encodePath(path.markdownTwin)
        about["headingID"] = page?.headingID
        about["created"] = page?.created.map(date)
        about["updated"] = page?.updated.map(date)
        about["tags"] = items((page?.tags ?? []).map { ["title": $0.title, "url": $0.path.description] })
        about["image"] = assets["/og.png"].map { settings.origin + $0.fingerprintedPath }
        var aboutSite: TemplateContext = [
            "title": settings.title, "language": settings.language, "origin": settings.origin, "navigation": navigation(site, at: path),
        ]
        aboutSite["description"] = nonEmpty(settings.description)
        aboutSite["author"] = nonEmpty(settings.author)
        var context: TemplateContext = ["site": aboutSite, "page": about, "dev": isDevelopment]
        if isDevelopment {
            context["diagnostics"] = diagnostics(of: site, page: page)
            context["edition"] = site.name
        }
        return context
    }

    /// What the author listed, else the pages at the top; the entry that leads
    /// nearest to `path` is the current one.
    private func navigation(_ site: SiteSnapshot, at path: PagePath) -> [TemplateContext] {
        let entries = parts.navigation(of: site) {
            navigationEntries(of: site).map { PreparedParts.NavigationEntry(title: $0.title, url: $0.path, path: PagePath(canonical: $0.path)) }
        }
        let current = entries.filter { $0.path.contains(path) && $0.url != "/" }.max { $0.url.count < $1.url.count }?.url
        return entries.map { ["title": $0.title, "url": $0.url, "current": $0.url == current] }
    }

    func navigationEntries(of site: SiteSnapshot) -> [SiteSettings.NavigationItem] {
        guard site.settings.navigation.isEmpty else { return site.settings.navigation }
        return (site.children[.root] ?? []).prefix(6).map {
            SiteSettings.NavigationItem(title: site.pages[$0]?.title ?? $0.description, path: $0.description)
        }
    }

    private func documentTitle(_ page: Page, _ site: SiteSnapshot) -> String {
        page.path.isRoot ? page.title : "\(page.title) · \(site.settings.title)"
    }

    private func diagnostics(of site: SiteSnapshot, page: Page?) -> TemplateContext? {
        let all = site.diagnostics
        guard !all.isEmpty else { return nil }
        // The page's own come first; they are what its author is looking for.
        let own = all.filter { diagnostic in page?.file.map { diagnostic.file.hasSuffix("/" + $0) } ?? false }
        let shown = own + all.filter { !own.contains($0) }.prefix(max(0, 50 - own.count))
        return [
            "count": all.count,
            "items": shown.map { diagnostic -> TemplateContext in
                ["location": diagnostic.location, "severity": diagnostic.severity.rawValue, "message": "\(diagnostic.message); \(diagnostic.remedy)"]
            },
        ]
    }

    // MARK: Parts

    func items(_ list: [TemplateContext]) -> TemplateContext? { list.isEmpty ? nil : ["items": TemplateValue.list(list.map { .context($0) })] }

    /// A page has hundreds of them. What is shown here is to be in the page's digest: ``ManifestBuilder`` adds it by itself.
    private func link(_ page: Page) -> TemplateContext {
        TemplateContext([.init(name: "title", value: .text(page.title)), .init(name: "url", value: .text(page.path.description))])
    }

    private func child(_ page: Page) -> TemplateContext {
        var child = link(page)
        child["description"] = nonEmpty(page.summary)
        return child
    }

    private func entry(_ page: Page) -> TemplateContext {
        var entry = child(page)
        entry["updated"] = page.lastChange.map(date)
        return entry
    }

    private func date(_ date: Date) -> TemplateContext {
        let text = DateText(date)
        return ["iso": text.isoDay, "text": text.words]
    }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private func isIndex(_ page: Page) -> Bool {
        page.file?.split(separator: "/").last?.lowercased().hasPrefix("index.") == true
    }

    private func breadcrumbs(to page: Page, _ site: SiteSnapshot) -> TemplateContext? {
        guard !page.path.isRoot else { return nil }
        return items(numbered(site.trail(to: page.path).map { ($0.path.isRoot ? "Home" : $0.title, $0.path.description) }))
    }

    private func breadcrumbs(to path: PagePath, title: String, _ site: SiteSnapshot) -> TemplateContext? {
        var trail = [("Home", "/")]
        if path.parent == OwnPaths.tags { trail.append(("Tags", OwnPaths.tags.description)) }
        return items(numbered(trail + [(title, path.description)]))
    }

    private func numbered(_ trail: [(title: String, url: String)]) -> [TemplateContext] {
        trail.enumerated().map { ["title": $1.title, "url": $1.url, "position": $0 + 1, "last": $0 == trail.count - 1] }
    }

    /// Headings of the second level, each with those of the third below it; nothing stands deeper.
    private func outline(of page: Page) -> TemplateContext? {
        var entries: [TemplateContext] = []
        var outer: Heading?
        var inner: [TemplateValue] = []
        func flush() {
            if let outer { entries.append(["id": outer.id, "title": outer.title, "items": TemplateValue.list(inner), "hasItems": !inner.isEmpty]) }
            inner = []
        }
        for heading in page.headings {
            if heading.level <= 2 || outer == nil && heading.level == 3 {
                flush()
                outer = heading
            } else if heading.level == 3 {
                // An entry without `items` of its own would find those of the one around it.
                let values: [TemplateContext.Entry] = [
                    .init(name: "id", value: .text(heading.id)), .init(name: "title", value: .text(heading.title)),
                    .init(name: "items", value: .list([])),
                ]
                inner.append(.context(TemplateContext(values)))
            }
        }
        flush()
        return items(entries)
    }

    /// What decides which sidebar a page has: pages of one group have the same but for the mark on their own entry.
    func sidebarGroup(of path: PagePath, in site: SiteSnapshot) -> SidebarGroup? {
        guard let section = site.section(of: path) else { return nil }
        let folder = site.children[section]?.first { $0.contains(path) && site.children[$0] != nil }
        return SidebarGroup(section: section, folder: folder)
    }

    /// The pages of a section: loose ones first, then a group for each folder. Of a
    /// section with more pages than anybody looks through, only the page's own group is listed.
    func sidebar(_ group: SidebarGroup, current: PagePath?, _ site: SiteSnapshot) -> TemplateContext {
        sidebar(group, site) { $0 == current }
    }

    private func sidebar(_ group: SidebarGroup, _ site: SiteSnapshot, isCurrent: (PagePath) -> any TemplateConvertible) -> TemplateContext {
        func item(_ other: Page) -> TemplateContext {
            ["title": other.title, "url": other.path.description, "current": isCurrent(other.path)]
        }
        func descendants(of path: PagePath) -> [Page] { site.children(of: path).flatMap { [$0] + descendants(of: $0.path) } }
        func count(below path: PagePath) -> Int {
            var total = 0
            // What lies beyond the limit need not be counted.
            for child in site.children[path] ?? [] where total <= Self.mostListed { total += 1 + count(below: child) }
            return total
        }
        func listed(_ folder: PagePath) -> [Page] {
            count(below: folder) <= Self.mostListed ? descendants(of: folder) : site.children(of: folder)
        }
        let isLong = count(below: group.section) > Self.mostListed
        let children = site.children(of: group.section)
        let loose = children.filter { site.children[$0.path] == nil }
        var groups: [TemplateContext] = []
        if !loose.isEmpty { groups.append(["current": false, "open": true, "items": loose.map(item)]) }
        for folder in children where site.children[folder.path] != nil {
            let isOwn = folder.path == group.folder
            groups.append([
                "title": folder.title, "url": folder.path.description, "current": isCurrent(folder.path), "open": isOwn,
                "items": isLong && !isOwn ? [] : listed(folder.path).map(item),
            ])
        }
        return [
            "title": site.pages[group.section]?.title ?? group.section.description, "url": group.section.description,
            "current": isCurrent(group.section), "groups": groups,
        ]
    }

    private static let mostListed = 150

    private func homeSection(_ number: Int, _ section: PageBody.Section) -> TemplateContext {
        [
            "id": section.heading.id, "number": number + 1, "title": section.heading.title, "body": section.html,
            // An item without an `is` of its own finds its section's.
            "is": [section.heading.id: true] as TemplateContext, "hasItems": !section.items.isEmpty,
            "items": section.items.map { item -> TemplateContext in ["id": item.heading.id, "title": item.heading.title, "body": item.html] },
        ]
    }

    private func facts(of site: SiteSnapshot) -> TemplateContext {
        let notes = site.pages.values.filter { $0.file != nil }
        var facts: TemplateContext = ["pages": notes.count, "words": notes.reduce(0) { $0 + $1.wordCount }]
        facts["updated"] = notes.compactMap(\.lastChange).max().map(date)
        return facts
    }

    private func form(_ form: ContactForm) -> TemplateContext {
        func field(_ field: ContactForm.Field) -> TemplateContext {
            var context: TemplateContext = ["value": field.value]
            context["error"] = field.error
            return context
        }
        var context: TemplateContext = ["name": field(form.name), "email": field(form.email), "message": field(form.message)]
        context["summary"] = form.summary
        context["confirm"] = form.confirmationToken.map { token -> TemplateContext in ["token": token] }
        return context
    }
}

/// A template and what it is filled with.
struct Composition {
    let template: String
    var context: TemplateContext
}

/// A section, and the folder directly below it that a page lies in.
struct SidebarGroup: Hashable {
    let section: PagePath
    let folder: PagePath?
}
