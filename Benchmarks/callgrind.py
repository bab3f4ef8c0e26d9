"""Landing under valgrind's callgrind, which counts its instructions: much the same for the same work, also on a busy machine."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import HERE, ServerProcess, Unavailable, carry_out, find_program, running, start_landing

SECONDS_TO_START = 300
SECONDS_TO_OBEY = 120
# Names in valgrind's pipes, the same for both ends.
NAMES = {"LOGNAME": "landing", "HOST": "landing"}


class CountedServer:
    """A running server, and the instructions of all its threads."""

    def __init__(self, server: ServerProcess, folder: Path):
        self.server = server
        self._folder = folder
        self._dumps = 0

    @classmethod
    @contextmanager
    def start(cls, binary: Path, folder: Path) -> Iterator["CountedServer"]:
        """It does not count yet, which makes it start sooner."""
        under = [
            find_program("valgrind"), "--tool=callgrind", "--instr-atstart=no", "--fair-sched=try", f"--vgdb-prefix={folder / 'vgdb'}",
            f"--callgrind-out-file={folder / 'callgrind'}", f"--log-file={folder / 'valgrind.log'}",
        ]
        settings = NAMES | {"LD_PRELOAD": str(_shim(folder))}
        try:
            server = start_landing(_stripped(binary, folder), folder / "landing", settings=settings, under=under, patience=SECONDS_TO_START)
        except SystemExit as problem:
            raise SystemExit(f"{problem}\n{_end(folder / 'valgrind.log')}") from None
        with running(server):
            yield cls(server, folder)

    def count(self):
        """From now on, and a good deal slower than before."""
        self._tell("instrumentation", "on")

    def begin(self):
        self._tell("zero")

    def end(self) -> int:
        """Instructions since `begin`."""
        self._tell("dump")
        self._dumps += 1
        dump = self._folder / f"callgrind.{self._dumps}"
        found = re.search(r"^totals: (\d+)", dump.read_text(errors="replace"), re.MULTILINE)
        dump.unlink()
        if not found:
            raise SystemExit("callgrind's dump tells no total")
        return int(found.group(1))

    def _tell(self, *words: str):
        command = [find_program("vgdb", package="valgrind"), f"--vgdb-prefix={self._folder / 'vgdb'}", f"--pid={self.server.process.pid}", *words]
        try:
            done = subprocess.run(command, env=NAMES, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS_TO_OBEY)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"callgrind does not {' '.join(words)} within {SECONDS_TO_OBEY} s") from None
        if done.returncode:
            raise SystemExit(f"callgrind does not {' '.join(words)}: {done.stderr}\n{_end(self._folder / 'valgrind.log')}")


def _stripped(binary: Path, folder: Path) -> Path:
    """A copy without debug information, which this valgrind cannot read as Swift writes it."""
    target = folder / "stripped"
    if not carry_out([find_program("strip", package="binutils"), "--strip-debug", "-o", str(target), str(binary)], log := folder / "strip.log"):
        raise Unavailable(f"strip fails: {log.read_text()}")
    return target


def _shim(folder: Path) -> Path:
    target = folder / "valgrind_sigsuspend.so"
    compiler = find_program("cc", package="gcc")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(target), str(HERE / "valgrind_sigsuspend.c")]
    if not carry_out(command, log := folder / "compiler.log"):
        raise Unavailable(f"{compiler} fails: {log.read_text()}")
    return target


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
