"""The kinds of page, and the windows in which they are looked at."""

KINDS = {
    "home": "/",
    "docs": "/docs",
    "architecture-overview": "/docs/architecture/overview",
    "writing-pages": "/docs/writing/writing-pages",
    "specimen": "/docs/specimen",
    "tags": "/tags",
    "tag": "/tags/redis",
    "wanted": "/wanted",
    "contact": "/contact",
    "not-found": "/no/such/page",
}
WIDTHS = [360, 1280]
OTHER_WIDTHS = [320, 768, 1024, 1920]
SCHEMES = ["dark", "light"]
# Where every combination would only take longer.
WINDOWS = [(360, "dark"), (1280, "light")]
HEIGHT = 800


def status(path: str) -> int:
    return 404 if path == KINDS["not-found"] else 200
