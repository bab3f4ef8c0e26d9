"""Ordinary visitors: fifty a second, each on a connection of its own.

They are in a process of their own, so that the load generator beside them does
not hold them up, and each starts at its time whether or not the one before has
its page, so that a server that stands still is seen by all who came meanwhile.
"""

import asyncio
import multiprocessing
import time
from dataclasses import dataclass

from answers import NoAnswer, request, take_answer

PATIENCE_SECONDS = 3
SHORTEST_SECONDS = 5
LONGEST_SECONDS = 300
SOURCE = "127.0.1.1"
MESSAGE = request("/", headers={"Accept-Encoding": "gzip", "Connection": "close"})


@dataclass(frozen=True)
class Visits:
    milliseconds: list[float]
    failures: list[str]

    @property
    def p99(self) -> float:
        ordered = sorted(self.milliseconds) or [float("nan")]
        return ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]


class Visitors:
    """`with Visitors(address, 50) as visitors: …`, then `visitors.visits`."""

    def __init__(self, address: tuple[str, int], per_second: int):
        self._mine, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_run, args=(address, per_second, theirs), daemon=True)

    def __enter__(self):
        self._started = time.monotonic()
        self._process.start()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            # Few visits have no meaningful p99.
            time.sleep(max(0, self._started + SHORTEST_SECONDS - time.monotonic()))
            self._mine.send("stop")
            self.visits = self._mine.recv() if self._mine.poll(PATIENCE_SECONDS + 10) else Visits([], ["the visitors got lost"])
        self._process.terminate()
        self._process.join()


def _run(address: tuple[str, int], per_second: int, pipe):
    pipe.send(asyncio.run(_visit_until_told(address, per_second, pipe)))


async def _visit_until_told(address: tuple[str, int], per_second: int, pipe) -> Visits:
    visits = Visits([], [])
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(per_second * LONGEST_SECONDS):
            due = begin + number / per_second
            await asyncio.sleep(max(0, due - time.perf_counter()))
            if pipe.poll():
                break
            group.create_task(_visit(address, due, visits))
    return visits


async def _visit(address: tuple[str, int], due: float, visits: Visits):
    try:
        await asyncio.wait_for(_fetch(address), PATIENCE_SECONDS)
        visits.milliseconds.append((time.perf_counter() - due) * 1e3)
    except TimeoutError:
        visits.failures.append(f"no page within {PATIENCE_SECONDS} s")
    except (OSError, NoAnswer) as problem:
        visits.failures.append(str(problem))


async def _fetch(address: tuple[str, int]):
    reader, writer = await asyncio.open_connection(*address, local_addr=(SOURCE, 0))
    try:
        writer.write(MESSAGE)
        received = bytearray()
        while not (answer := take_answer(received)):
            data = await reader.read(65536)
            if not data:
                raise NoAnswer("closed before the page was whole")
            received += data
        if answer.status != 200:
            raise NoAnswer(f"status {answer.status}")
    finally:
        writer.close()
