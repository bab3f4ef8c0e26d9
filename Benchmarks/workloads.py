"""What is asked of every server, and the proof that each answers it rightly."""

import gzip
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from answers import Answer, NoAnswer, exchange
from processes import ServerProcess

PAGE = "/docs/architecture/overview"
GZIP = {"Accept-Encoding": "gzip"}
IDENTITY: dict[str, str] = {}
FILE_SERVERS = ("nginx", "nginx+cache", "Varnish", "Caddy")
# Where the copies of a note are: as many in a folder as folders in another, so that their pages list a few.
COPIES_IN = "/copies"
COPIES_EACH = 12
COPIES = 3_000
FROM_MARKDOWN = "from Markdown"
SECONDS_TO_COMPRESS = 60
Insist = Callable[[bool, str], None]


class Unverified(Exception):
    """A server does not do what would be measured."""


@dataclass
class Workload:
    name: str
    path: str
    """Which peers are asked it too."""
    peers: tuple[str, ...] = FILE_SERVERS
    method: str = "GET"
    status: int = 200
    is_conditional: bool = False
    encoding: dict[str, str] = field(default_factory=lambda: GZIP)
    """Whether each server makes the page for each request, so that their pages differ."""
    is_render: bool = False
    """Pages of Landing that are asked for in turn, more than it keeps the HTML of."""
    copies: int = 0
    """What each server is sent: an ETag is a server's own."""
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Bytes of one answer, by server."""
    sizes: dict[str, int] = field(default_factory=dict)

    def path_on(self, server: ServerProcess) -> str:
        return path_of_copy(1) if self.copies and server.name == "Landing" else self.path


def path_of_copy(number: int) -> str:
    return f"{COPIES_IN}/{(number - 1) // COPIES_EACH**2}/{(number - 1) // COPIES_EACH}/note-{number}"


def all_workloads(landing: ServerProcess) -> list[Workload]:
    asset = _fingerprinted_stylesheet(landing)
    return [
        Workload("asset", asset),
        Workload("asset, 304", asset, status=304, is_conditional=True),
        Workload("asset, HEAD", asset, method="HEAD"),
        Workload("page, gzip", PAGE, (*FILE_SERVERS, "Hummingbird")),
        Workload("page, identity", PAGE, (*FILE_SERVERS, "Hummingbird"), encoding=IDENTITY),
        Workload("page, 304", PAGE, status=304, is_conditional=True),
        Workload("uncached render", PAGE, ("Caddy templates",), encoding=IDENTITY, is_render=True),
        Workload(FROM_MARKDOWN, PAGE, ("Caddy templates",), encoding=IDENTITY, is_render=True, copies=COPIES),
    ]


def prepare_files(landing: ServerProcess, public: Path, root: Path, workloads: list[Workload]):
    """Gives the peers the public folder and, as files, the very bytes that Landing sends, plain and compressed."""
    for source in public.rglob("*"):
        target = root / source.relative_to(public)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    for path in {workload.path for workload in workloads}:
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(exchange(landing.address, path).body)
        compressed = exchange(landing.address, path, headers=GZIP)
        # Files are compressed once the site is there, which under callgrind takes a while.
        deadline = time.monotonic() + SECONDS_TO_COMPRESS
        while compressed.headers.get("content-encoding") != "gzip" and time.monotonic() < deadline:
            time.sleep(0.1)
            compressed = exchange(landing.address, path, headers=GZIP)
        if compressed.headers.get("content-encoding") != "gzip":
            raise SystemExit(f"Landing does not send {path} compressed with gzip, so there is nothing to compare")
        if gzip.decompress(compressed.body) != file.read_bytes():
            raise SystemExit(f"What Landing sends compressed of {path} does not expand to what it sends plain")
        file.with_name(file.name + ".gz").write_bytes(compressed.body)


def verify(workload: Workload, server: ServerProcess, root: Path, note: Path | None = None) -> str:
    """Asks once and compares status, encoding and every byte with the files under `root`; says what was found.

    A page that each server makes itself is looked over instead, beside its `note`.
    Notes in the workload what to send to this server, and how large its answer is.
    """
    headers = dict(workload.encoding)
    try:
        path = workload.path_on(server)
        full = exchange(server.address, path, headers=headers)
        if workload.is_conditional:
            if "etag" not in full.headers:
                raise Unverified(f"{server.name} sends no ETag with {workload.path}")
            headers["If-None-Match"] = full.headers["etag"]
        answer = exchange(server.address, path, method=workload.method, headers=headers)
    except (NoAnswer, OSError) as problem:
        raise Unverified(f"{server.name} sends {problem}") from None

    def insist(condition: bool, complaint: str):
        if not condition:
            raise Unverified(f"{server.name}, {workload.method} {workload.path}: {complaint}")

    insist(full.status == 200, f"the status is {full.status}, not 200")
    if workload.is_render:
        _look_over(full, note, insist)
    else:
        _compare(workload, full, answer, root / workload.path.lstrip("/"), insist)
    workload.headers[server.name] = headers
    workload.sizes[server.name] = answer.size
    return f"{answer.status}, {answer.size - len(answer.body)} bytes of head, {len(answer.body)} of body"


def _compare(workload: Workload, full: Answer, answer: Answer, file: Path, insist: Insist):
    if workload.encoding == GZIP:
        file = file.with_name(file.name + ".gz")
        insist(full.headers.get("content-encoding") == "gzip", "it is not compressed with gzip")
    else:
        insist("content-encoding" not in full.headers, "it is compressed, and nobody asked for that")
    insist(full.body == file.read_bytes(), "the bytes are not those of the other servers")
    insist(answer.status == workload.status, f"the status is {answer.status}, not {workload.status}")
    if workload.method == "HEAD":
        insist(answer.headers.get("content-length") == str(len(full.body)), "HEAD does not tell the length that GET has")
    elif workload.status == 304:
        insist("content-length" not in answer.headers, "304 has a Content-Length, after which wrk waits for a body")
    else:
        insist(answer.body == full.body, "two answers differ")


def _look_over(full: Answer, note: Path, insist: Insist):
    """A page of the note, by its type, its size and its last heading."""
    text = note.read_text()
    insist(full.headers.get("content-type", "").startswith("text/html"), "it is no HTML")
    insist(len(text) // 2 < len(full.body) < len(text) * 20, f"{len(full.body)} bytes are no page of {len(text)} characters of Markdown")
    words = re.findall(r"\w+", re.findall(r"^#+ (.*)", text, re.MULTILINE)[-1])
    insist(words[-1].encode() in full.body, "the note's last heading is not in it")


def _fingerprinted_stylesheet(landing: ServerProcess) -> str:
    home = exchange(landing.address, "/").body.decode()
    found = re.search(r'href="(/css/[^"]+\.[0-9a-f]{8,}\.css)"', home)
    if not found:
        raise SystemExit("The landing page links no fingerprinted stylesheet")
    return found.group(1)
