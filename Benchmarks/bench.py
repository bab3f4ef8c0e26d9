#!/usr/bin/env python3
"""Landing and nginx side by side: CPU per request, as ratios, in one run.

Run from the top of the project, after `make build`. Exit code 1: a budget is
exceeded, or something could not be verified or measured.
"""

import argparse
import json
import os
import platform
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

from load import Measurement, Spoiled, measure
from processes import ServerProcess, clean_up_when_told_to_stop, find_program, running, scratch_folder, start_landing, start_nginx
from tables import aligned, progress
from workloads import Unverified, Workload, all_workloads, prepare_files, verify

FILE_CACHE = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; open_file_cache_min_uses 1;"
PEERS = ["nginx", "nginx+cache"]
# Names in the table, and of the measurements.
FIGURES = {"CPU": "cpu_microseconds", "req/s": "requests_per_second", "p99": "p99_milliseconds"}
Results = dict[str, dict[str, list[Measurement]]]


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    for program in ("wrk", "nginx"):
        find_program(program)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        landing = stack.enter_context(running(start_landing(options.binary, folder / "landing")))
        root = folder / "root"
        workloads = all_workloads(landing)
        prepare_files(landing, Path("Public"), root, workloads)
        plain = stack.enter_context(running(start_nginx("nginx", folder / "plain", root, "")))
        cached = stack.enter_context(running(start_nginx("nginx+cache", folder / "cached", root, FILE_CACHE)))
        servers = [landing, plain, cached]
        verified = [workload for workload in workloads if is_verified(workload, servers, root)]
        results = run_rounds(verified, servers, options)
        dead = [server.name for server in servers if not server.is_alive]
    return report(results, options, whole=len(verified) == len(workloads) and not dead)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="seconds for each server and workload in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default %(default)s)")
    parser.add_argument("--budget", type=float, help="largest CPU ratio to nginx without open_file_cache; above it the exit code is 1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement to FILE")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    if not Path("Public").is_dir():
        parser.error("there is no folder Public here: run this from the top of the project")
    if min(options.rounds, options.seconds, options.connections) < 1:
        parser.error("rounds, seconds and connections are 1 or more")
    return options


def is_verified(workload: Workload, servers: list[ServerProcess], root: Path) -> bool:
    """Says what was verified; a workload that one server does not do is not measured on any."""
    try:
        found = [f"{server.name} {verify(workload, server, root)}" for server in servers]
    except Unverified as problem:
        print(f"NOT measured  {workload.name}: {problem}")
        return False
    print(f"verified  {workload.name}: {workload.method} {workload.path}")
    for line in found:
        print(f"          {line}")
    return True


def run_rounds(workloads: list[Workload], servers: list[ServerProcess], options: argparse.Namespace) -> Results:
    """Every server in every round, each round beginning with another one; the first pass only warms up."""
    results: Results = {workload.name: {server.name: [] for server in servers} for workload in workloads}
    try:
        for workload in workloads:
            for server in servers:
                progress(f"warming up: {workload.name}, {server.name}")
                measure(server, workload, 1, options.connections)
        for number in range(options.rounds):
            for workload in workloads:
                for turn in range(len(servers)):
                    server = servers[(number + turn) % len(servers)]
                    progress(f"round {number + 1} of {options.rounds}: {workload.name}, {server.name}")
                    results[workload.name][server.name].append(measure(server, workload, options.seconds, options.connections))
    except Spoiled as problem:
        raise SystemExit(f"The measurement is spoiled: {problem}") from None
    finally:
        progress("")
    return results


def ratios(rounds: dict[str, list[Measurement]], peer: str, figure: str) -> list[float]:
    """Landing's figure divided by the peer's in the same round."""
    pairs = zip(rounds["Landing"], rounds[peer])
    # A very short run may take less CPU than the kernel's clock shows.
    return [getattr(own, figure) / (getattr(other, figure) or float("nan")) for own, other in pairs]


def report(results: Results, options: argparse.Namespace, whole: bool) -> int:
    if results:
        heading = ["Landing ÷ peer", *(f"{label} ÷ {peer}" for label in FIGURES for peer in PEERS)]
        rows = [[name, *cells(rounds)] for name, rounds in results.items()]
        print(f"\n{aligned([heading, *rows])}\n")
        print(f"Medians of {options.rounds} rounds of {options.seconds} s with {options.connections} connections;"
              " the smallest and largest CPU ratio beside them.")
        print("CPU and p99: less is better. Requests/s: more is better, but the load shares the machine.")
    if options.json:
        write_json(results, options)
    exceeded = []
    for name, rounds in results.items():
        ratio = statistics.median(ratios(rounds, "nginx", "cpu_microseconds"))
        if options.budget is not None and not ratio <= options.budget:
            exceeded.append(f"{name} takes {ratio:.2f} × nginx's CPU, and the budget is {options.budget:.2f}")
    for line in exceeded:
        print(f"OVER BUDGET  {line}")
    if not whole:
        print("INCOMPLETE  not everything was measured; see above")
    return 0 if whole and not exceeded else 1


def cells(rounds: dict[str, list[Measurement]]) -> list[str]:
    texts = []
    for label, figure in FIGURES.items():
        for peer in PEERS:
            values = ratios(rounds, peer, figure)
            text = f"{statistics.median(values):.2f}"
            texts.append(f"{text} ({min(values):.2f}–{max(values):.2f})" if label == "CPU" else text)
    return texts


def write_json(results: Results, options: argparse.Namespace):
    document = {
        "machine": {"system": platform.platform(), "processors": len(os.sched_getaffinity(0))},
        "rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
        "workloads": {
            name: {
                "ratios": {
                    peer: {figure: statistics.median(ratios(rounds, peer, figure)) for figure in FIGURES.values()} for peer in PEERS
                },
                "rounds": {server: [vars(measurement) for measurement in series] for server, series in rounds.items()},
            }
            for name, rounds in results.items()
        },
    }
    options.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
