#!/usr/bin/env python3
"""Landing on sites of 10, 1,000 and 15,000 pages: start, memory, hits, and how soon a saved note is seen.

Run from the top of the project, after `make build`. Exit code 1: a budget is
exceeded, or something could not be measured.
"""

import argparse
import math
import random
import socket
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from answers import NoAnswer, exchange, request, take_answer
from load import Spoiled, measure
from notes import FIXED_PAGE, NoteSite
from processes import ServerProcess, clean_up_when_told_to_stop, find_program, running, scratch_folder, start_landing
from tables import aligned, progress
from workloads import GZIP, Workload

SITES = Path(".build-bench/sites")
PAGES_ASKED = 1_000
SECONDS_TO_START = 600
SECONDS_BETWEEN_LOOKS = 0.01
WAYS_TO_SAVE = {"rename": True, "write": False}


@dataclass
class Outcome:
    pages: int
    """Seconds until the first answer, with nothing kept from an earlier run."""
    first_starts: list[float] = field(default_factory=list)
    """The same with what the run before has kept."""
    next_starts: list[float] = field(default_factory=list)
    memory_at_start: float = math.nan
    memory_after_pages: float = math.nan
    """CPU of a hit in each round."""
    hits: list[float] = field(default_factory=list)
    """Seconds from saving to seeing, by the way of saving."""
    saves: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS_TO_SAVE})


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    find_program("wrk")
    outcomes: list[Outcome] = []
    problems: list[str] = []
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        servers = []
        for count in options.pages:
            site = NoteSite(SITES / str(count), count)
            progress(f"{count} pages: making the site")
            site.make()
            stack.callback(site.restore)
            server, outcome = start(site, folder / str(count), options, stack)
            servers.append(server)
            outcomes.append(outcome)
            try:
                ask_for_pages(server, site, outcome)
                for way in WAYS_TO_SAVE:
                    for attempt in range(options.saves):
                        progress(f"{count} pages: saving by {way}, {attempt + 1} of {options.saves}")
                        outcome.saves[way].append(seconds_to_see(server, site, f"{way} {attempt}", WAYS_TO_SAVE[way], options.patience))
            except (NoAnswer, OSError) as problem:
                problems.append(f"{count} pages: {problem}")
        try:
            measure_hits(servers, outcomes, options)
        except (Spoiled, NoAnswer, OSError) as problem:
            problems.append(f"hits: {problem}")
    progress("")
    return report(outcomes, problems, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--pages", type=numbers, default="10,1000,15000", metavar="N,…", help="sizes of sites (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of hits, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds of hits for each site in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default %(default)s)")
    parser.add_argument("--saves", type=int, default=5, help="notes saved in each way (default %(default)s)")
    parser.add_argument("--starts", type=int, default=3, help="starts of each kind, of which the median counts (default %(default)s)")
    parser.add_argument("--patience", type=float, default=120, metavar="S", help="within which a saved note must be seen (default %(default)s s)")
    budgets = parser.add_argument_group("budgets", "above them the exit code is 1; an empty text takes one away")
    budgets.add_argument("--start-budget", type=limits, default="1000=0.5,15000=10", metavar="PAGES=S,…",
                         help="from start to the first answered page (default %(default)s)")
    budgets.add_argument("--memory-budget", type=limits, default="10=64,15000=600", metavar="PAGES=MB,…",
                         help=f"after {PAGES_ASKED:,} different pages (default %(default)s)")
    budgets.add_argument("--hit-budget", type=limits, default="15000=1.1", metavar="PAGES=RATIO,…",
                         help="CPU of a hit as a ratio to the smallest site (default %(default)s)")
    budgets.add_argument("--save-budget", type=limits, default="", metavar="PAGES=S,…", help="median from saving to seeing, either way (default: none)")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    if not Path("Templates").is_dir():
        parser.error("there is no folder Templates here: run this from the top of the project")
    if min(options.rounds, options.seconds, options.connections, options.saves, options.starts, *options.pages) < 1:
        parser.error("pages, rounds, seconds, connections, saves and starts are 1 or more")
    return options


def numbers(text: str) -> list[int]:
    return sorted({int(part) for part in text.split(",")})


def limits(text: str) -> dict[int, float]:
    return {int(pages): float(limit) for pages, _, limit in (part.partition("=") for part in text.split(",") if part)}


def start(site: NoteSite, folder: Path, options: argparse.Namespace, stack: ExitStack) -> tuple[ServerProcess, Outcome]:
    """Starts again and again, first without and then with what an earlier run has kept; the last one stays."""
    outcome = Outcome(site.count)
    for number in range(options.starts):
        progress(f"{site.count} pages: first start, {number + 1} of {options.starts}")
        data = folder.with_name(f"{folder.name}-{number}")
        server, seconds = timed_start(site, data, options)
        outcome.first_starts.append(seconds)
        server.stop()
    for number in range(options.starts):
        progress(f"{site.count} pages: start again, {number + 1} of {options.starts}")
        server, seconds = timed_start(site, data, options)
        outcome.next_starts.append(seconds)
        if number < options.starts - 1:
            server.stop()
    stack.enter_context(running(server))
    outcome.memory_at_start = server.resident_bytes / 1e6
    return server, outcome


def timed_start(site: NoteSite, folder: Path, options: argparse.Namespace) -> tuple[ServerProcess, float]:
    begin = time.perf_counter()
    server = start_landing(options.binary, folder, settings={"LANDING_CONTENT": str(site.content)}, patience=SECONDS_TO_START)
    try:
        exchange(server.address, site.path(1), headers=GZIP)
    except BaseException as problem:
        server.stop()
        if isinstance(problem, (NoAnswer, OSError)):
            raise SystemExit(f"{site.count} pages: {problem}") from None
        raise
    return server, time.perf_counter() - begin


def ask_for_pages(server: ServerProcess, site: NoteSite, outcome: Outcome):
    """Different notes from all over the site, one after the other."""
    count = min(PAGES_ASKED, site.count)
    for turn, number in enumerate(random.Random(site.count).sample(range(1, site.count + 1), count)):
        if turn % 100 == 0:
            progress(f"{site.count} pages: {turn} of {count} asked for")
        status = exchange(server.address, site.path(number), headers=GZIP).status
        if status != 200:
            raise NoAnswer(f"{site.path(number)} has status {status}")
    outcome.memory_after_pages = server.resident_bytes / 1e6


def seconds_to_see(server: ServerProcess, site: NoteSite, mark: str, by_rename: bool, patience: float) -> float:
    """Saves a note and asks for its page, every 10 ms, until the new text is in it."""
    words = f"Saved just now by {mark}."
    message = request(site.path(1))
    # Not always at the same moment of the server's turns of looking.
    time.sleep(random.Random(mark).random())
    with socket.create_connection(server.address, timeout=patience) as connection:
        site.save(f"{site.text(1)}\n\n{words}\n", by_rename=by_rename)
        saved = time.perf_counter()
        received = bytearray()
        while time.perf_counter() - saved < patience:
            connection.sendall(message)
            while not (answer := take_answer(received)):
                chunk = connection.recv(65536)
                if not chunk:
                    raise NoAnswer("the connection was closed before the answer was whole")
                received += chunk
            if words.encode() in answer.body:
                return time.perf_counter() - saved
            time.sleep(SECONDS_BETWEEN_LOOKS)
    raise NoAnswer(f"a note saved by {mark.split()[0]} is not seen within {patience:g} s")


def measure_hits(servers: list[ServerProcess], outcomes: list[Outcome], options: argparse.Namespace):
    """Every site in every round, on a page that is the same in all of them."""
    workloads = []
    for server in servers:
        answer = exchange(server.address, FIXED_PAGE, headers=GZIP)
        if answer.status != 200:
            raise NoAnswer(f"{FIXED_PAGE} has status {answer.status}")
        workloads.append(Workload("hit", FIXED_PAGE, headers={server.name: GZIP}, sizes={server.name: answer.size}))
        measure(server, workloads[-1], 1, options.connections)
    for number in range(options.rounds):
        for turn in range(len(servers)):
            which = (number + turn) % len(servers)
            progress(f"round {number + 1} of {options.rounds}: hits on {outcomes[which].pages} pages")
            outcomes[which].hits.append(measure(servers[which], workloads[which], options.seconds, options.connections).cpu_microseconds)


def report(outcomes: list[Outcome], problems: list[str], options: argparse.Namespace) -> int:
    heading = ["pages", "first start s", "start again s", "MB at start", f"MB after {PAGES_ASKED:,}", f"hit ÷ {outcomes[0].pages}", *(f"{way} s (longest)" for way in WAYS_TO_SAVE)]
    print(aligned([heading, *(row(outcome, outcomes[0]) for outcome in outcomes)]))
    print(f"\nStart: until the first page is answered; median of {options.starts}. First: with nothing kept; again: with what the run before kept. Rename and write: from saving a note to seeing it, medians.")
    print(f"Hit: CPU per request of a page in memory, as a ratio of the same round; median of {options.rounds} rounds of {options.seconds} s.")
    for outcome in outcomes:
        problems += over_budget(outcome, outcomes[0], options)
    print("".join(f"\nBROKEN  {problem}" for problem in problems))
    return 1 if problems else 0


def row(outcome: Outcome, smallest: Outcome) -> list[str]:
    saves = [f"{median(seconds):.2f} ({max(seconds, default=math.nan):.2f})" for seconds in outcome.saves.values()]
    memory = [f"{megabytes:.0f}" for megabytes in (outcome.memory_at_start, outcome.memory_after_pages)]
    starts = [f"{median(seconds):.2f}" for seconds in (outcome.first_starts, outcome.next_starts)]
    return [f"{outcome.pages:,}", *starts, *memory, f"{hit_ratio(outcome, smallest):.2f}", *saves]


def over_budget(outcome: Outcome, smallest: Outcome, options: argparse.Namespace) -> list[str]:
    judged = [
        ("s from a first start to the first page", median(outcome.first_starts), options.start_budget),
        ("s from a start again to the first page", median(outcome.next_starts), options.start_budget),
        (f"MB after {PAGES_ASKED:,} pages", outcome.memory_after_pages, options.memory_budget),
        (f"times the CPU of a hit on {smallest.pages} pages", hit_ratio(outcome, smallest), options.hit_budget),
        *((f"s from saving by {way} to seeing", median(seconds), options.save_budget) for way, seconds in outcome.saves.items()),
    ]
    # What could not be measured is no number, and exceeds every budget.
    return [
        f"{outcome.pages} pages: {value:.2f} {what}, and the budget is {budget[outcome.pages]:g}"
        for what, value, budget in judged if outcome.pages in budget and not value <= budget[outcome.pages]
    ]


def hit_ratio(outcome: Outcome, smallest: Outcome) -> float:
    return median([own / other for own, other in zip(outcome.hits, smallest.hits)])


def median(values: list[float]) -> float:
    return statistics.median(values) if values else math.nan


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
