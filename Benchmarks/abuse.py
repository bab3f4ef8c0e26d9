#!/usr/bin/env python3
"""Landing under load and abuse: what it promises to hold, held.

Run from the top of the project, after `make build`. Exit code 1: a promise is broken.
"""

import argparse
import asyncio
import contextlib
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import scenarios_busy
import scenarios_hostile
import scenarios_slow
from answers import NoAnswer, request
from connections import Connection
from processes import ServerProcess, clean_up_when_told_to_stop, raise_descriptor_limit, scratch_folder, start_landing
from scenario import ALL, Scenario, Scene, scenario
from tables import aligned, progress
from visitors import Visitors

assert [scenarios_slow, scenarios_busy, scenarios_hostile]  # importing them registers theirs

MEMORY_TOLERANCE = 1.10
WARM_UP_REQUESTS = 3_000
LONGEST_SCENARIO_SECONDS = 240
DESCRIPTORS_NEEDED = 10_500


@scenario("quiet", "without any abuse everything below holds too, or the machine is too busy to tell")
async def quiet(scene: Scene) -> list[str]:
    return []


@dataclass(frozen=True)
class Base:
    """A warm server with nothing to do."""

    memory: int
    descriptors: int


@dataclass
class Outcome:
    scenario: Scenario
    broken: list[str] = field(default_factory=list)
    p99: float = float("nan")
    memory: list[int] = field(default_factory=lambda: [0, 0, 0])
    descriptors: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Whether the server is as it was, so that the next scenario can have it too."""
    recovered: bool = False


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    raise_descriptor_limit(DESCRIPTORS_NEEDED // (10 if options.quick else 1))
    chosen = [each for each in ordered() if not options.only or each.name in options.only]
    outcomes: list[Outcome] = []
    exits: list[str] = []
    with scratch_folder() as folder:
        while len(outcomes) < len(chosen):
            with landing(options.binary, folder, exits) as server:
                scene = scene_for(server, options)
                base = warm_up(server, scene)
                while len(outcomes) < len(chosen):
                    outcomes.append(run(chosen[len(outcomes)], server, scene, base, options))
                    if not outcomes[-1].recovered:
                        break
    progress("")
    return report(outcomes, exits, options)


def ordered() -> list[Scenario]:
    return sorted(ALL, key=lambda each: each.name != "quiet")


def arguments() -> argparse.Namespace:
    names = [each.name for each in ordered()]
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Scenarios:\n" + "\n".join(f"  {each.name:13} {each.promise}" for each in ordered()))
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help="this scenario; may be given again")
    parser.add_argument("--quick", action="store_true", help="a tenth of all numbers, as CI does")
    parser.add_argument("--p99", type=float, default=50, metavar="MS", help="what ordinary pages stay under (default %(default)s ms)")
    parser.add_argument("--visits", type=int, default=50, metavar="N", help="ordinary pages asked for a second (default %(default)s)")
    parser.add_argument("--head-deadline", type=float, default=10, metavar="S", help="within which a head must be whole (default %(default)s s)")
    parser.add_argument("--body-deadline", type=float, metavar="S", help="within which a form must be whole (default: none is checked)")
    parser.add_argument("--read-deadline", type=float, metavar="S", help="within which an answer must be read (default: none is checked)")
    parser.add_argument("--slack", type=float, default=5, metavar="S", help="added to every deadline (default %(default)s s)")
    parser.add_argument("--hold", type=float, metavar="S", help="how long connections are held without a deadline (default 10 s, quick 3 s)")
    parser.add_argument("--settle", type=float, default=30, metavar="S", help="within which memory and descriptors return (default %(default)s s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random bytes (default %(default)s)")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    longest = max(filter(None, [options.head_deadline, options.body_deadline, options.read_deadline, options.hold])) + options.slack
    if longest > LONGEST_SCENARIO_SECONDS - 60:
        parser.error(f"deadlines and holding times are {LONGEST_SCENARIO_SECONDS - 60} s at most, with their slack")
    return options


@contextlib.contextmanager
def landing(binary: Path, folder: Path, exits: list[str]):
    """A server that must end with exit code 0 after SIGTERM."""
    server = start_landing(binary, folder / "landing")
    try:
        yield server
    finally:
        died = not server.is_alive
        code = server.stop()
        if code != 0 and not died:
            how = "does not end within the time" if code is None else f"ends with exit code {code}"
            exits.append(f"after SIGTERM the server {how}; its log ends with:\n{log_end(server)}")


def scene_for(server: ServerProcess, options: argparse.Namespace) -> Scene:
    return Scene(
        address=server.address, is_quick=options.quick, hold_seconds=options.hold or (3 if options.quick else 10),
        head_deadline=options.head_deadline, body_deadline=options.body_deadline, read_deadline=options.read_deadline,
        slack_seconds=options.slack, seed=options.seed, descriptors=lambda: server.descriptors)


def warm_up(server: ServerProcess, scene: Scene) -> Base:
    progress("warming up")

    async def ask():
        async with asyncio.timeout(LONGEST_SCENARIO_SECONDS), asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(visit(scene.many(WARM_UP_REQUESTS) // 8))

    async def visit(count: int):
        async with await Connection.open(server.address) as connection:
            for _ in range(count):
                await connection.send(request("/", headers={"Accept-Encoding": "gzip"}))
                answer = await connection.answer()
                if not answer or answer.status != 200:
                    raise NoAnswer("the landing page does not come")

    try:
        asyncio.run(ask())
    except* (OSError, NoAnswer, TimeoutError) as problems:
        raise SystemExit(f"The server cannot be warmed up: {problems.exceptions[0]}\n{log_end(server)}") from None
    time.sleep(1)
    return Base(server.resident_bytes, server.descriptors)


def run(scenario: Scenario, server: ServerProcess, scene: Scene, base: Base, options: argparse.Namespace) -> Outcome:
    progress(f"{scenario.name}: {scenario.promise}")
    outcome = Outcome(scenario)
    memory, descriptors = server.resident_bytes, server.descriptors
    outcome.memory, outcome.descriptors = [memory] * 3, [descriptors] * 3
    with Visitors(server.address, options.visits) as visitors:
        asyncio.run(abuse(scenario, server, scene, outcome))
    judge_visits(visitors, outcome, options)
    progress(f"{scenario.name}: settling")
    settle(server, base, outcome, options)
    return outcome


async def abuse(scenario: Scenario, server: ServerProcess, scene: Scene, outcome: Outcome):
    """Runs the scenario and notes the most that the server held meanwhile."""

    async def watch():
        while server.is_alive:
            outcome.memory[1] = max(outcome.memory[1], server.resident_bytes)
            outcome.descriptors[1] = max(outcome.descriptors[1], server.descriptors)
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    try:
        async with asyncio.timeout(LONGEST_SCENARIO_SECONDS):
            outcome.broken += await scenario.run(scene)
    except TimeoutError:
        outcome.broken.append(f"it did not end within {LONGEST_SCENARIO_SECONDS} s")
    except OSError as problem:
        outcome.broken.append(f"a connection failed: {problem}")
    except NoAnswer as problem:
        outcome.broken.append(f"a wrong answer: {problem}")
    finally:
        watching.cancel()


def judge_visits(visitors: Visitors, outcome: Outcome, options: argparse.Namespace):
    visits = visitors.visits
    outcome.p99 = visits.p99
    if visits.failures:
        everyone = len(visits.failures) + len(visits.milliseconds)
        outcome.broken.append(f"{len(visits.failures)} of {everyone} visitors got no page, the first: {visits.failures[0]}")
    if visits.milliseconds and not visits.p99 < options.p99:
        outcome.broken.append(f"ordinary pages took {visits.p99:.0f} ms at p99, and {options.p99:g} ms are promised")


def settle(server: ServerProcess, base: Base, outcome: Outcome, options: argparse.Namespace):
    """Waits until the server holds no more than before, and not longer than allowed."""
    deadline = time.monotonic() + options.settle
    while server.is_alive:
        try:
            outcome.memory[2], outcome.descriptors[2] = server.resident_bytes, server.descriptors
        except OSError:  # it ended just now
            continue
        is_small, is_clean = outcome.memory[2] <= base.memory * MEMORY_TOLERANCE, outcome.descriptors[2] <= base.descriptors
        if is_small and is_clean:
            outcome.recovered = True
            return
        if time.monotonic() > deadline:
            break
        time.sleep(0.25)
    if not server.is_alive:
        outcome.broken.append(f"the server has died with code {server.process.returncode}; its log ends with:\n{log_end(server)}")
        return
    if not is_small:
        outcome.broken.append(
            f"memory is {megabytes(outcome.memory[2])} MB after {options.settle:g} s, and the base is {megabytes(base.memory)} MB")
    if not is_clean:
        outcome.broken.append(f"{outcome.descriptors[2]} descriptors are open after {options.settle:g} s, and the base is {base.descriptors}")


def report(outcomes: list[Outcome], exits: list[str], options: argparse.Namespace) -> int:
    heading = ["scenario", "result", "p99 ms", *(f"{what} {when}" for what in ("MB", "fds") for when in ("before", "peak", "after"))]
    print(aligned([heading, *map(row, outcomes)]))
    for outcome in filter(lambda each: each.broken, outcomes):
        print(f"\nBROKEN  {outcome.scenario.name}: {outcome.scenario.promise}")
        for sentence in outcome.broken:
            print(f"  - {sentence}")
    for sentence in exits:
        print(f"\nBROKEN  {sentence}")
    restarts = sum(not each.recovered for each in outcomes[:-1])
    if restarts:
        print(f"\nA server that did not recover was replaced before the next scenario ({restarts} times).")
    if options.quick:
        print("\nThis was a quick run, with a tenth of the numbers.")
    return 1 if exits or any(each.broken for each in outcomes) else 0


def row(outcome: Outcome) -> list[str]:
    result = "FAILED" if outcome.broken else "passed"
    p99 = "–" if math.isnan(outcome.p99) else f"{outcome.p99:.1f}"
    return [outcome.scenario.name, result, p99, *map(megabytes, outcome.memory), *map(str, outcome.descriptors)]


def megabytes(count: int) -> str:
    return f"{count / 1e6:.1f}"


def log_end(server: ServerProcess) -> str:
    return server.log.read_text(errors="replace")[-2000:]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
