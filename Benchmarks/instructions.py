#!/usr/bin/env python3
"""Instructions that Landing takes for a hit, beside those that were kept.

Run from the top of the project, after `make build`. Exit code 1: something could
not be measured or, with `--check`, takes more than it may.
"""

import argparse
import json
import socket
import sys
from pathlib import Path

from answers import NoAnswer, request, take_answer
from callgrind import CountedServer
from processes import HERE, clean_up_when_told_to_stop, scratch_folder
from tables import aligned, progress
from workloads import Unverified, Workload, all_workloads, prepare_files, verify

KEPT = HERE / "instructions.json"
NAMES = ["asset", "page, gzip", "page, 304"]
SECONDS_TO_ANSWER = 60


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    counts: dict[str, int] = {}
    problems: list[str] = []
    with scratch_folder() as folder:
        progress("starting under callgrind, half a minute or more")
        with CountedServer.start(options.binary, folder) as counted:
            workloads = [workload for workload in all_workloads(counted.server) if workload.name in options.only]
            prepare_files(counted.server, Path("Public"), folder / "root", workloads)
            able = []
            for workload in workloads:
                try:
                    verify(workload, counted.server, folder / "root")
                    able.append(workload)
                except Unverified as problem:
                    problems.append(f"NOT MEASURED  {workload.name}: {problem}")
            counted.count()
            for workload in able:
                try:
                    counts[workload.name] = instructions(counted, workload, options)
                except (NoAnswer, OSError) as problem:
                    problems.append(f"NOT MEASURED  {workload.name}: {problem}")
    progress("")
    kept = json.loads(KEPT.read_text())["instructions"] if KEPT.exists() else {}
    print(aligned([["instructions per hit", "now", "kept", "difference"], *(row(name, counts, kept) for name in options.only)]))
    if options.check:
        problems += grown(counts, kept, options.tolerance)
    print("".join(f"\n{problem}" for problem in problems))
    if options.keep and not problems:
        KEPT.write_text(json.dumps({"instructions": kept | counts}, indent=2) + "\n")
    return 1 if problems else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=f"this workload; may be given again: {'; '.join(NAMES)}")
    parser.add_argument("--requests", type=int, default=200, metavar="N", help="requests of a long run, of which a short one has a fifth (default %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each length, of which the least counts (default %(default)s)")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a hit takes more than was kept, by more than the tolerance")
    parser.add_argument("--tolerance", type=float, default=5, metavar="PERCENT", help="what --check lets pass (default %(default)s)")
    parser.add_argument("--keep", action="store_true", help=f"write the numbers to {KEPT.parent.name}/{KEPT.name}, if all could be measured")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    options.only = options.only or NAMES
    if options.requests < 5 or options.runs < 1:
        parser.error("requests are 5 or more, and runs 1 or more")
    return options


def instructions(counted: CountedServer, workload: Workload, options: argparse.Namespace) -> int:
    """From the difference of a long and a short run, which both have the same costs besides.

    The least of several runs is the one in which the server did nothing else, such as looking for changed files.
    """
    message = request(workload.path, headers=workload.headers[counted.server.name])
    lengths = (options.requests // 5, options.requests)
    with socket.create_connection(counted.server.address, timeout=SECONDS_TO_ANSWER) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ask(connection, message, lengths[0], workload.status)
        least = []
        for length in lengths:
            totals = []
            for run in range(options.runs):
                progress(f"{workload.name}: run {run + 1} of {options.runs}, {length} requests")
                counted.begin()
                ask(connection, message, length, workload.status)
                totals.append(counted.end())
            least.append(min(totals))
    return round((least[1] - least[0]) / (lengths[1] - lengths[0]))


def ask(connection: socket.socket, message: bytes, count: int, status: int):
    """One request after the other, each when the answer before is whole."""
    received = bytearray()
    for _ in range(count):
        connection.sendall(message)
        while not (answer := take_answer(received)):
            chunk = connection.recv(65536)
            if not chunk:
                raise NoAnswer("the connection was closed before the answer was whole")
            received += chunk
        if answer.status != status:
            raise NoAnswer(f"the status {answer.status}")


def row(name: str, counts: dict[str, int], kept: dict[str, int]) -> list[str]:
    now, before = counts.get(name), kept.get(name)
    difference = f"{(now / before - 1) * 100:+.1f} %" if now and before else "–"
    return [name, *(f"{count:,}" if count else "–" for count in (now, before)), difference]


def grown(counts: dict[str, int], kept: dict[str, int], tolerance: float) -> list[str]:
    problems = []
    for name, now in counts.items():
        if name not in kept:
            problems.append(f"NOTHING KEPT  {name}: --keep does")
        elif now > kept[name] * (1 + tolerance / 100):
            problems.append(f"TOO MANY  {name} takes {now:,} instructions, and {kept[name]:,} with {tolerance:g} % more are allowed")
    return problems


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
