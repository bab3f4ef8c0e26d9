/// Stands in for the Control UI.
enum ControlPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>OpenClaw Control (simulator)</title></head>
        <body>
        <h1>This is a simulator</h1>
        <p>It speaks as OpenClaw's gateway does, so that programs can be tried with it. No agent, no model and no channel is real.</p>
        </body>
        </html>

        """
}
