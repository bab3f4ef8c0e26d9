public import Site

/// Pages before an account: the ways in, and what a link opens.
extension SiteDocuments {
    public func signIn(_ form: SignInForm, in site: SiteSnapshot) -> String {
        var content: TemplateContext = [
            "form": ["email": field(form.email), "next": form.next, "isSignUpOpen": form.isSignUpOpen] as TemplateContext,
            "password": passwordField("sign-in-password", label: "Password", error: form.passwordError),
        ]
        content["notice"] = form.notice.map(notice)
        content["summary"] = form.summary
        return accountPage("sign-in", at: "/sign-in", title: "Sign in", content, in: site)
    }

    public func signInCode(_ form: SignInCodeForm, in site: SiteSnapshot) -> String {
        var fields: TemplateContext = ["token": form.token, "next": form.next]
        fields["codeError"] = form.codeError
        fields["recoveryError"] = form.recoveryError
        var content: TemplateContext = ["form": fields]
        content["summary"] = form.summary
        return accountPage("sign-in-code", at: "/sign-in/code", title: "One more step", content, in: site)
    }

    public func signUp(_ form: SignUpForm, in site: SiteSnapshot) -> String {
        let (title, intro) =
            switch form.kind {
            case .firstAdministrator:
                ("Make the first account", "This site has nobody yet. You become its administrator: you let others in, and you see what they do.")
            case .invited: ("Welcome", "You have been invited. A name and a password, and you are in.")
            case .open: ("Make an account", "A name, an e-mail and a password, and you are in.")
            }
        var content: TemplateContext = [
            "intro": intro, "passwordOwner": form.email.value,
            "form": ["name": field(form.name), "email": field(form.email), "isEmailFixed": form.isEmailFixed, "token": form.token] as TemplateContext,
            "password": passwordField("sign-up-password", label: "Password", isNew: true, error: form.passwordError),
        ]
        content["summary"] = form.summary
        return accountPage("sign-up", at: "/sign-up", title: title, content, in: site)
    }

    public func passwordReset(_ form: PasswordResetForm, in site: SiteSnapshot) -> String {
        var content: TemplateContext = [
            "form": ["email": form.email, "token": form.token] as TemplateContext, "passwordOwner": form.email,
            "password": passwordField("reset-password", label: "New password", isNew: true, error: form.passwordError),
        ]
        content["summary"] = form.summary
        return accountPage("reset", at: "/reset", title: "Choose a new password", content, in: site)
    }

    /// What somebody sees whose one-time link was used, has ended or never was.
    public func deadLink(in site: SiteSnapshot) -> String {
        accountPage("dead-link", at: "/sign-up", title: "This link does not work any more", [:], in: site)
    }
}
