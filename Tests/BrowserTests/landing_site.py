"""A running Landing on copies of the site's folders."""

import http.client
import json
import os
import re
import selectors
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
SPECIMEN = Path(__file__).with_name("specimen.md")


class Site:
    """`landing serve` on a free port; ends with SIGTERM, which must give exit code 0."""

    def __init__(self, folder: Path, *, content: Path = REPOSITORY / "content", development: bool = False):
        self.binary = os.environ["LANDING_BINARY"]
        self.content, self.templates, self.public = folder / "content", folder / "Templates", folder / "Public"
        self.data, self.log = folder / "data", folder / "log"
        self.development = development
        shutil.copytree(content, self.content)
        shutil.copytree(REPOSITORY / "Templates", self.templates)
        shutil.copytree(REPOSITORY / "Public", self.public)
        for path in [self.content, *self.content.rglob("*")]:  # a copy of something read-only is read-only
            path.chmod(0o755 if path.is_dir() else 0o644)

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("LANDING_")}
        return own | {
            "PORT": "0", "HOSTNAME": "127.0.0.1", "LANDING_CONTENT": str(self.content),
            "LANDING_TEMPLATES": str(self.templates), "LANDING_PUBLIC": str(self.public), "LANDING_DATA": str(self.data),
        }

    def __enter__(self):
        command = [self.binary, "serve", *(["--dev"] if self.development else [])]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            self.url = self._announced_address()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def _announced_address(self) -> str:
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(timeout=30) else ""
        address = re.search(r"Landing serves \d+ pages on (http://\S+)", line)
        assert address, f"landing serve did not announce its address, but said {line!r} and:\n{self.log.read_text()}"
        return address.group(1)

    def __exit__(self, *_):
        self.stop()

    def stop(self, seconds: float = 10):
        if self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = f"none within {seconds} seconds"
        self.process.stdout.close()
        assert code == 0, f"After SIGTERM the exit code is {code}; the log says:\n{self.log.read_text()}"

    def messages(self) -> list[dict]:
        """What `landing messages` shows."""
        command = [self.binary, "messages", "--format", "json"]
        return json.loads(subprocess.run(command, env=self.environment, capture_output=True, check=True, timeout=30).stdout)

    @contextmanager
    def listening(self):
        """An open stream of events, as a page has it in development."""
        stream = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            stream.request("GET", "/_dev/events", headers={"Accept": "text/event-stream"})
            response = stream.getresponse()
            assert response.status == 200
            yield response
        finally:
            stream.close()

    @contextmanager
    def publishing(self):
        """What is saved inside is on the site when this ends."""
        with self.listening() as events:
            before = next_edition(events)
            yield
            while next_edition(events) == before:
                pass


def next_edition(events: http.client.HTTPResponse) -> bytes:
    """Each event carries the name of the edition that is served."""
    while line := events.readline():
        if line.startswith(b"data:"):
            return line
    raise AssertionError("The server has ended the stream of events")


def save(file: Path, text: str):
    """Whole at once, as editors do."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text)
    new.replace(file)
