import FoundationEssentials
import HTTPTypes
import Hummingbird
import Identity
import Logging
import Rendering
import Site

/// The contact form: shown, checked, kept. Whatever goes wrong, the visitor's
/// text comes back with the answer.
struct ContactRoutes: Sendable {
    let site: PublishedSite
    let services: ContactServices
    private let perAddress = RateLimit(burst: 5, interval: 60)
    private let inAll = RateLimit(burst: 50, interval: 10)

    private static let largestBody = 64 * 1024

    init(site: PublishedSite, services: ContactServices) {
        self.site = site
        self.services = services
    }

    func form(_ request: Request, _ context: WebContext) -> Response { show(ContactForm(), status: .ok) }

    func sent(_ request: Request, _ context: WebContext) -> Response {
        let edition = site.current
        return .page(edition.documents.contactSent(in: edition.site))
    }

    func submit(_ request: Request, _ context: WebContext) async throws -> Response {
        let submission = ContactSubmission(try await request.form(limit: Self.largestBody))
        var form = ContactPolicy.check(submission)
        if form.hasErrors { return show(form, status: .unprocessableContent) }
        let now = services.now()
        let tokens = ConfirmationToken(authenticate: services.authenticate)
        let isProven = submission.isConfirmed && submission.honeypot.isEmpty && tokens.isValid(submission.token, at: now)
        if ContactPolicy.looksAutomatic(submission), !isProven {
            form.summary = "Your message looks like one that a program sent. If you wrote it, please confirm it below."
            form.confirmationToken = tokens.issue(at: now)
            return show(form, status: .unprocessableContent)
        }
        if let wait = waitingTime(context, now: now) {
            form.summary = "Too many messages came from your network just now. Please send it again in \(wait) seconds."
            return show(form, status: .tooManyRequests, headers: [.retryAfter: String(wait)])
        }
        let message = ContactMessage(
            id: services.makeID(), receivedAt: now, name: submission.name, email: submission.email, message: submission.message)
        do {
            try await services.store.add(message)
        } catch let error as StoreUnavailable {
            context.logger.error("A contact message could not be kept: \(error)")
            form.summary = "We could not keep your message just now. Nothing is lost: please send it again in a minute."
            return show(form, status: .serviceUnavailable, headers: [.retryAfter: "60"])
        }
        context.logger.info("A contact message came in", metadata: ["message.id": "\(message.id)"])
        return Response(status: .seeOther, headers: [.location: "\(OwnPaths.contact)/sent", .cacheControl: "no-store"])
    }

    /// Whole seconds until the next message may come, if this one may not.
    private func waitingTime(_ context: WebContext, now: Date) -> Int? {
        let wait = perAddress.take(context.clientAddress ?? "unknown", now: now) ?? inAll.take("all", now: now)
        return wait.map { Int($0.rounded(.up)) }
    }

    private func show(_ form: ContactForm, status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        let edition = site.current
        let isEmpty = form == ContactForm()
        var response = Response.page(
            edition.documents.contact(form, in: edition.site), status: status, cacheControl: isEmpty ? "no-cache" : "no-store")
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}
