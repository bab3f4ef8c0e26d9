"""Servers as child processes, and what the kernel knows of them."""

import os
import re
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


class Unavailable(SystemExit):
    """A program is not here or does not start; ends this program too, with the reason, if nobody can do without."""


class ServerProcess:
    """A running server on 127.0.0.1; the processes that it has made count as its own."""

    def __init__(self, name: str, process: subprocess.Popen, port: int, log: Path):
        self.name, self.process, self.port, self.log = name, process, port, log
        self.address = ("127.0.0.1", port)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        ticks = 0
        for pid in self._family():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    @property
    def resident_bytes(self) -> int:
        """Memory of its own, of every process; files and shared memory once, since its processes share them."""
        own = shared = 0
        for pid in self._family():
            kinds = dict(re.findall(r"^Rss(\w+):\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE))
            own += int(kinds.get("Anon", 0))
            shared = max(shared, int(kinds.get("File", 0)) + int(kinds.get("Shmem", 0)))
        return (own + shared) * 1024

    @property
    def descriptors(self) -> int:
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self._family())

    def _family(self) -> list[int]:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]

    def stop(self) -> int | None:
        """The exit code after SIGTERM; None if it had to be killed."""
        if self.is_alive:
            self.process.terminate()
        try:
            return self.process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        finally:
            if self.process.stdout:
                self.process.stdout.close()


@contextmanager
def running(server: ServerProcess):
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def scratch_folder():
    """A folder that other users may read, as nginx's workers are, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="landing-bench-") as path:
        os.chmod(path, 0o755)
        yield Path(path)


def start_landing(
    binary: Path, folder: Path, *, settings: dict[str, str] | None = None, under: Sequence[str] = (), patience: float = SECONDS_TO_START
) -> ServerProcess:
    """Landing on the site in the working folder, with nothing configured but `settings`; `under` is a program that runs it."""
    folder.mkdir(exist_ok=True)
    log = folder / "landing.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LANDING_")}
    environment |= {"PORT": "0", "HOSTNAME": "127.0.0.1", "LANDING_DATA": str(folder / "data")} | (settings or {})
    process = spawn([*under, str(binary)], log, env=environment, stdout=subprocess.PIPE, text=True)
    server = ServerProcess("Landing", process, 0, log)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(timeout=patience) else ""
        announced = re.search(r"Landing serves \d+ pages? on \S*http://127\.0\.0\.1:(\d+)", line)
        if not announced:
            raise SystemExit(f"Landing did not announce its address within {patience:g} s, but said {line!r} and:\n{log.read_text()[-4000:]}")
    except BaseException:
        server.stop()
        raise
    server.port = int(announced.group(1))
    server.address = ("127.0.0.1", server.port)
    return server


def start_listener(name: str, command: list[str], port: int, log: Path, **options) -> ServerProcess:
    """Any other server, as soon as it listens on `port`."""
    server = ServerProcess(name, spawn(command, log, stdout=subprocess.DEVNULL, **options), port, log)
    try:
        _wait_until_listening(server)
    except BaseException:
        server.stop()
        raise
    return server


def carry_out(command: list[str], log: Path) -> bool:
    """Whether the command succeeded; it and whatever it started end with this program."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def find_program(name: str, package: str | None = None) -> str:
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not path:
        raise Unavailable(f"{name} is not installed: sudo apt-get install {package or name}")
    return path


def clean_up_when_told_to_stop():
    """SIGTERM ends the program as Control-C does: with its `finally` clauses."""

    def leave(*_):
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)


def raise_descriptor_limit(needed: int):
    """To the hard limit, for this program and the servers that it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"{needed} open descriptors are needed and at most {hard} are allowed (ulimit -Hn): raise it, or use --quick")


def spawn(command: list[str], log: Path, **options) -> subprocess.Popen:
    # A server ends with its parent, also when that is killed.
    guard = [shutil.which("setpriv"), "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    with log.open("w") as errors:
        return subprocess.Popen([*guard, *command], stderr=errors, stdin=subprocess.DEVNULL, **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_listening(server: ServerProcess):
    deadline = time.monotonic() + SECONDS_TO_START
    while server.is_alive and time.monotonic() < deadline:
        try:
            socket.create_connection(server.address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise Unavailable(f"{server.name} did not start:\n{server.log.read_text()}")
