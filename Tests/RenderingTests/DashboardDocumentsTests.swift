import Content
import Foundation
import Rendering
import Site
import TestSupport
import Testing

/// Pages of the dashboard. Look at a difference before you accept it:
/// `LANDING_UPDATE_GOLDEN=1 swift test --filter DashboardDocumentsTests`.
@Suite struct DashboardDocumentsTests {
    private let site: SiteSnapshot
    private let documents: SiteDocuments

    init() throws {
        let real = try AssetLoader(folder: "\(Repository.path)/Public").load().catalog
        let named = AssetCatalog(
            real.assets.values.map {
                Asset(path: $0.path, fingerprint: "fingerprint", integrity: "integrity", contentType: $0.contentType, bytes: [], pixelSize: nil)
            })
        let templates = try TemplateLibrary(TemplateLoader(folder: "\(Repository.path)/Templates").load(), assets: named)
        site = try ContentLoader(folder: "\(Repository.path)/Tests/RenderingTests/Fixture/content").load(
            now: DashboardSamples.now, ContentLoader.Surroundings(origin: "https://agents.example", assets: real, templates: templates.pageTemplates))
        documents = SiteDocuments(templates: templates, assets: AssetCatalog())
    }

    @Test func `pages of the dashboard look as they did`() throws {
        for (name, text) in DashboardSamples.documents(documents, in: site) {
            let start = try #require(text.firstRange(of: "<div class=\"area desk\"") ?? text.firstRange(of: "<main"))
            let end = try #require(text.firstRange(of: "</main>"))
            #expect(
                try Repository.matchesGolden(text[start.lowerBound..<end.upperBound] + "\n", "RenderingTests/Golden/dashboard/\(name).html"),
                "\(name)")
        }
    }

    // MARK: What holds for every page

    @Test func `only the page of the state is for indexes`() {
        for (name, text) in DashboardSamples.documents(documents, in: site) {
            #expect(text.contains("<meta name=\"robots\" content=\"noindex\">") == (name != "status"), "\(name)")
        }
    }

    @Test func `nothing on them needs what the content security policy forbids`() {
        for (name, text) in DashboardSamples.documents(documents, in: site) {
            #expect(!text.contains(" style=") && !text.contains("<style"), "\(name)")
            #expect(!text.contains(" onclick=") && !text.contains(" onsubmit="), "\(name)")
        }
    }

    @Test func `fields, parts and what is said of them belong together`() {
        for (name, text) in DashboardSamples.documents(documents, in: site) {
            let ids = text.ranges(of: " id=\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
            #expect(Set(ids).count == ids.count, "\(name) has one id twice: \(ids.sorted())")
            for attribute in ["for", "aria-describedby", "aria-labelledby"] {
                for range in text.ranges(of: " \(attribute)=\"") {
                    for id in text[range.upperBound...].prefix(while: { $0 != "\"" }).split(separator: " ") {
                        #expect(ids.contains(String(id)), "\(name): \(attribute) names \(id), which is not there")
                    }
                }
            }
        }
    }

    @Test func `each state is said in words`() {
        for (name, text) in DashboardSamples.documents(documents, in: site) {
            for tag in text.ranges(of: "<span class=\"badge badge-") {
                let content = text[tag.upperBound...].drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
                #expect(!content.isEmpty, "\(name)")
            }
            for tag in text.ranges(of: "<span class=\"dot ") {
                #expect(text[tag.upperBound...].prefix { $0 != ">" }.contains("aria-hidden=\"true\""), "\(name)")
            }
        }
    }

    @Test func `nothing that a gateway or its agents say becomes HTML`() {
        let hostile = "\"'><img src=x onerror=alert(1)>&amp;{{title}}"
        let now = DashboardSamples.now
        let viewer = AccountViewer(name: hostile, email: hostile, isAdmin: true)
        var frame = DashboardFrame(.bad, hostile, version: hostile, problems: [GatewayNotice(title: hostile, message: hostile, remedy: hostile)])
        frame.notice = PageNotice(.done, hostile)
        frame.summary = hostile
        let agent = AgentEntry(
            id: hostile, name: hostile, emblem: hostile, model: hostile, isDefault: true, running: 2, conversations: 1, lastActiveAt: now)
        let channel = ChannelEntry(
            channel: hostile, label: hostile, account: hostile, tone: .bad, state: hostile, words: [hostile], lastInboundAt: now, lastOutboundAt: now,
            act: .stop)
        let job = JobEntry(
            id: hostile, name: hostile, agent: hostile, schedule: hostile, tone: .bad, state: hostile, nextRunAt: now, lastRunAt: now, error: hostile)
        let conversation = ConversationEntry(
            key: hostile, agent: hostile, title: hostile, preview: hostile, channel: hostile, tone: .plain, state: hostile, updatedAt: now,
            size: hostile)
        let happening = HappeningEntry(at: now, text: hostile, kind: hostile, isTrouble: true)
        var chat = ChatPage(frame, agent: hostile, agentName: hostile, session: hostile, newSession: hostile, draftID: hostile)
        chat.entries = [
            ChatPage.Entry(.person, name: hostile, text: hostile, at: now, tools: [hostile], error: hostile),
            ChatPage.Entry(.tool, name: hostile, text: hostile),
        ]
        chat.run = hostile
        chat.draft = FormField(hostile, error: hostile)
        var search = DashboardList<ConversationEntry>(frame, [])
        search.query = hostile
        let texts = [
            documents.dashboard(
                DashboardOverview(frame, agents: [agent], channels: [channel], jobs: [job], happenings: [happening]), for: viewer, in: site, now: now),
            documents.dashboardAgents(DashboardList(frame, [agent]), for: viewer, in: site, now: now),
            documents.dashboardSessions(DashboardList(frame, [conversation]), for: viewer, in: site, now: now),
            documents.dashboardSessions(search, for: viewer, in: site, now: now),
            documents.dashboardChannels(DashboardList(frame, [channel]), for: viewer, in: site, now: now),
            documents.dashboardJobs(DashboardList(frame, [job]), for: viewer, in: site, now: now),
            documents.dashboardWorkflows(
                WorkflowsPage(frame, .known([WorkflowEntry(id: hostile, name: hostile, state: hostile)])), for: viewer, in: site, now: now),
            documents.dashboardEvents(DashboardList(frame, [happening]), for: viewer, in: site, now: now),
            documents.dashboardLogs(
                LogsPage(frame, [LogEntry(at: now, level: hostile, source: hostile, text: hostile)]), for: viewer, in: site, now: now),
            documents.chat(chat, for: viewer, in: site, now: now),
            documents.statusParts(StatusBoard([StatusBoard.Part(hostile, .works, since: now)], at: now), in: site),
        ]
        for (number, text) in texts.enumerated() {
            #expect(!text.contains("<img"), "document \(number)")
            #expect(!text.contains("\"'>") && !text.contains("\"&#39;>"), "document \(number)")
            #expect(text.contains("&lt;img src=x onerror=alert(1)&gt;"), "document \(number)")
        }
    }

    // MARK: Who sees what

    @Test func `what administrators do is offered to administrators`() throws {
        let all = DashboardSamples.documents(documents, in: site)
        let (channels, jobs) = (try #require(all["channels-user"]), try #require(all["jobs-user"]))
        #expect(!channels.contains("action=\"/dashboard/channels/"))
        #expect(!jobs.contains("action=\"/dashboard/jobs/run\""))
        #expect(!channels.contains("/dashboard/logs"))
        let shown = try #require(all["channels"])
        #expect(shown.contains("action=\"/dashboard/channels/stop\"") && shown.contains("action=\"/dashboard/channels/start\""))
        #expect(shown.contains("/dashboard/logs"))
    }

    @Test func `the page of the state has no state in it, and says where it is`() throws {
        let text = documents.status(in: site)
        #expect(text.contains("data-parts-src=\"/status/parts\"") && text.contains("<a href=\"/status/parts\">look now</a>"))
        #expect(!text.contains("Works"))
        #expect(text.contains("<!--account-->"))
    }

    @Test func `a page without the gateway says what is wrong, and what to do`() throws {
        let text = try #require(DashboardSamples.documents(documents, in: site)["overview-away"])
        #expect(text.contains("The gateway cannot be reached") && text.contains("Start the gateway"))
        #expect(text.ranges(of: "Not known just now.").count == 3)
        #expect(text.contains("Connected to the gateway, version 2026.9.3."))
    }
}
