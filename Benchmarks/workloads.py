"""What is asked of every server, and the proof that each answers it rightly."""

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path

from answers import Answer, NoAnswer, exchange
from processes import ServerProcess

PAGE = "/docs/architecture/overview"
GZIP = {"Accept-Encoding": "gzip"}


class Unverified(Exception):
    """A server does not do what would be measured."""


@dataclass
class Workload:
    name: str
    path: str
    method: str = "GET"
    status: int = 200
    is_conditional: bool = False
    """What each server is sent: an ETag is a server's own."""
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Bytes of one answer, by server."""
    sizes: dict[str, int] = field(default_factory=dict)


def all_workloads(landing: ServerProcess) -> list[Workload]:
    asset = _fingerprinted_stylesheet(landing)
    return [
        Workload("asset", asset),
        Workload("asset, 304", asset, status=304, is_conditional=True),
        Workload("asset, HEAD", asset, method="HEAD"),
        Workload("page", PAGE),
    ]


def prepare_files(landing: ServerProcess, public: Path, root: Path, workloads: list[Workload]):
    """Gives nginx the public folder and, as files, the very bytes that Landing sends, plain and compressed."""
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
        if compressed.headers.get("content-encoding") != "gzip":
            raise SystemExit(f"Landing does not send {path} compressed with gzip, so there is nothing to compare")
        file.with_name(file.name + ".gz").write_bytes(compressed.body)


def verify(workload: Workload, server: ServerProcess, root: Path) -> str:
    """Asks once and compares status, encoding and every byte with nginx's files; says what was found.

    Notes in the workload what to send to this server, and how large its answer is.
    """
    headers = dict(GZIP)
    try:
        full = exchange(server.address, workload.path, headers=GZIP)
        if workload.is_conditional:
            if "etag" not in full.headers:
                raise Unverified(f"{server.name} sends no ETag with {workload.path}")
            headers["If-None-Match"] = full.headers["etag"]
        answer = exchange(server.address, workload.path, method=workload.method, headers=headers)
    except NoAnswer as problem:
        raise Unverified(f"{server.name} sends {problem}") from None
    _compare(workload, server, full, answer, root / workload.path.lstrip("/"))
    workload.headers[server.name] = headers
    workload.sizes[server.name] = answer.size
    return f"{answer.status}, {answer.size - len(answer.body)} bytes of head, {len(answer.body)} of body"


def _compare(workload: Workload, server: ServerProcess, full: Answer, answer: Answer, file: Path):
    def insist(condition: bool, complaint: str):
        if not condition:
            raise Unverified(f"{server.name}, {workload.method} {workload.path}: {complaint}")

    compressed = file.with_name(file.name + ".gz").read_bytes()
    insist(full.status == 200, f"the status is {full.status}, not 200")
    insist(full.headers.get("content-encoding") == "gzip", "it is not compressed with gzip")
    insist(full.body == compressed, "the bytes are not those that nginx has as a file")
    insist(gzip.decompress(full.body) == file.read_bytes(), "the bytes do not expand to the plain ones")
    insist(answer.status == workload.status, f"the status is {answer.status}, not {workload.status}")
    if workload.method == "HEAD":
        insist(answer.headers.get("content-length") == str(len(compressed)), "HEAD does not tell the length that GET has")
    elif workload.status == 304:
        insist("content-length" not in answer.headers, "304 has a Content-Length, after which wrk waits for a body")
    else:
        insist(answer.body == full.body, "two answers differ")


def _fingerprinted_stylesheet(landing: ServerProcess) -> str:
    home = exchange(landing.address, "/").body.decode()
    found = re.search(r'href="(/css/[^"]+\.[0-9a-f]{8,}\.css)"', home)
    if not found:
        raise SystemExit("The landing page links no fingerprinted stylesheet")
    return found.group(1)
