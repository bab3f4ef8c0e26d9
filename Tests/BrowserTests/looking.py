"""What can be said of any open page."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_WIDE = """() => {
  const page = document.scrollingElement, limit = page.clientWidth;
  if (page.scrollWidth <= limit) return [];
  const name = element => `<${element.localName} class="${element.getAttribute("class") ?? ""}">`;
  const right = element => Math.round(element.getBoundingClientRect().right);
  const wide = [...document.body.querySelectorAll("*")].filter(element => right(element) > limit);
  return [`the page is ${page.scrollWidth} px wide in a window of ${limit} px`,
    ...wide.slice(0, 8).map(element => `${name(element)} reaches ${right(element)} px`)];
}"""


def assert_no_sideways_scrolling(page: Page):
    problems = page.evaluate(TOO_WIDE)
    assert not problems, "\n".join(problems)


def assert_accessible(page: Page):
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
    results = Axe().run(page, options=options)
    lines = []
    for violation in results.response["violations"]:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"  {' '.join(map(str, node['target']))}: {' '.join(node['failureSummary'].split())}")
    assert not lines, f"axe-core on {page.url}:\n" + "\n".join(lines)


class Watch:
    """Notes what no page may do: errors in the console, errors in scripts, requests to another origin."""

    def __init__(self, context: BrowserContext, origin: str):
        self.origin = origin
        self.context = context
        self.troubles: list[str] = []
        self.documents: set[str] = set()
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))

    def _request(self, request: Request):
        if request.is_navigation_request():
            self.documents.add(request.url)
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" != self.origin:
            self.troubles.append(f"request to another origin: {request.url}")

    def _console(self, message: ConsoleMessage):
        # Chromium also reports the status of the document itself, which is for the test to judge.
        is_status = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type == "error" and not (is_status and message.location["url"] in self.documents):
            self.troubles.append(f"console error: {message.text} ({message.location['url']})")

    def assert_no_trouble(self):
        for page in self.context.pages:
            page.evaluate("0")  # the answer comes after everything the page has said before
        assert not self.troubles, "\n".join(self.troubles)
