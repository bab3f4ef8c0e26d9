import Identity
import Rendering

/// What a contact message must be, and what makes one look like spam.
enum ContactPolicy {
    static let longestName = 100
    static let longestMessage = 5_000

    /// The form again, with a sentence at each field that is not right.
    static func check(_ submission: ContactSubmission) -> ContactForm {
        var form = ContactForm()
        form.name.value = submission.name
        form.email.value = submission.email
        form.message.value = submission.message
        if submission.name.isEmpty {
            form.name.error = "Tell us your name."
        } else if submission.name.count > longestName {
            form.name.error = "Use at most \(longestName) characters."
        } else if submission.name.contains(where: \.isNewline) {
            form.name.error = "Write your name on one line."
        }
        if submission.email.isEmpty {
            form.email.error = "Tell us where we can answer you."
        } else if EmailAddress(submission.email) == nil {
            form.email.error = "This is not an e-mail address: it should look like name@example.org."
        }
        if submission.message.isEmpty {
            form.message.error = "Write what you want to tell us."
        } else if submission.message.count > longestMessage {
            form.message.error = "Use at most \(longestMessage) characters; these are \(submission.message.count)."
        }
        if form.hasErrors { form.summary = "Your message has not been sent yet: please correct the fields below." }
        return form
    }

    /// Signs that no person filled the form in. A person who shows one by accident is asked once more.
    static func looksAutomatic(_ submission: ContactSubmission) -> Bool {
        let text = submission.message.lowercased()
        let addresses = text.ranges(of: "http://").count + text.ranges(of: "https://").count
        return !submission.honeypot.isEmpty || addresses > 2 || text.contains("[url=") || text.contains("<a href") || submission.name.contains("://")
    }
}
