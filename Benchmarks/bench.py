#!/usr/bin/env python3
"""Landing and its peers side by side: CPU per request, as ratios, in one run.

Run from the top of the project, after `make build`. Exit code 1: a budget is
exceeded, a peer is missing, or something could not be verified or measured.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

from load import Measurement, Spoiled, measure
from peers import PEERS, Place, say
from processes import ServerProcess, Unavailable, clean_up_when_told_to_stop, find_program, running, scratch_folder, start_landing
from tables import aligned, progress
from workloads import COPIES, FROM_MARKDOWN, PAGE, Unverified, Workload, all_workloads, path_of_copy, prepare_files, verify

# Names in the table, and of the measurements.
FIGURES = {"CPU": "cpu_microseconds", "req/s": "requests_per_second", "p99": "p99_milliseconds", "memory": "resident_megabytes"}
RENDER_PEER = "Caddy templates"
# A cache without room: every page is rendered for its request.
UNCACHED = {"LANDING_CACHE_BYTES": "0"}
Results = dict[str, dict[str, list[Measurement]]]


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    find_program("wrk")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        landing = stack.enter_context(running(start_landing(options.binary, folder / "landing")))
        site = {"LANDING_CONTENT": str(site_with_note(options.render_note, folder / "content"))}
        uncached = stack.enter_context(running(start_landing(options.binary, folder / "uncached", settings=site | UNCACHED)))
        copies = {"LANDING_CONTENT": str(site_with_note(options.render_note, folder / "copies", COPIES))}
        from_markdown = stack.enter_context(running(start_landing(options.binary, folder / "from-markdown", settings=copies | UNCACHED)))
        root = folder / "root"
        workloads = all_workloads(landing)
        prepare_files(landing, Path("Public"), root, workloads)
        peers, missing = start_peers(stack, folder, root, options)
        takers = {
            workload.name: [
                from_markdown if workload.copies else uncached if workload.is_render else landing,
                *(peers[name] for name in workload.peers if name in peers),
            ]
            for workload in workloads
        }
        refused: list[str] = []
        for workload in workloads:
            takers[workload.name] = verified(workload, takers[workload.name], root, options.render_note, refused)
        results = run_rounds([workload for workload in workloads if takers[workload.name]], takers, options)
        dead = [f"{server.name} has ended meanwhile" for server in (landing, uncached, from_markdown, *peers.values()) if not server.is_alive]
    return report(results, options, [*missing, *refused, *dead])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="seconds for each server and workload in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default %(default)s)")
    parser.add_argument("--without", action="append", default=[], choices=list(PEERS), metavar="NAME",
                        help=f"do without this peer; may be given again: {', '.join(PEERS)}")
    parser.add_argument("--render-note", type=Path, default=Path(f"content{PAGE}.md"), metavar="FILE",
                        help="the note that is rendered for each request (default %(default)s)")
    parser.add_argument("--budget", type=float, help="largest CPU ratio to nginx without open_file_cache; above it the exit code is 1")
    parser.add_argument("--render-budget", type=float, help=f"largest CPU ratio of the uncached render to {RENDER_PEER}; above it the exit code is 1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement to FILE")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    if not Path("Public").is_dir():
        parser.error("there is no folder Public here: run this from the top of the project")
    if not options.render_note.is_file():
        parser.error(f"there is no {options.render_note}")
    if min(options.rounds, options.seconds, options.connections) < 1:
        parser.error("rounds, seconds and connections are 1 or more")
    return options


def site_with_note(note: Path, target: Path, copies: int = 0) -> Path:
    """A copy of the content in which the measured page is made from `note`, and others from that many copies of it that differ."""
    shutil.copytree("content", target)
    shutil.copy(note, target / f"{PAGE.lstrip('/')}.md")
    text = note.read_text()
    for number in range(1, copies + 1):
        file = target / f"{path_of_copy(number).lstrip('/')}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\nCopy {number:06}.\n")
    return target


def start_peers(stack: ExitStack, folder: Path, root: Path, options: argparse.Namespace) -> tuple[dict[str, ServerProcess], list[str]]:
    """Those that run, by name, and why others do not."""
    peers, missing = {}, []
    for number, (name, start) in enumerate(PEERS.items()):
        if name in options.without:
            continue
        own = folder / f"peer-{number}"
        own.mkdir()
        try:
            peers[name] = stack.enter_context(start(Place(own, root, PAGE, options.render_note)))
        except Unavailable as problem:
            missing.append(f"{name}: {problem}; `--without {name!r}` does without it")
            say(f"MISSING {missing[-1]}")
    return peers, missing


def verified(workload: Workload, servers: list[ServerProcess], root: Path, note: Path, refused: list[str]) -> list[ServerProcess]:
    """Says what was verified; gives the servers that do it, and none if Landing or all others do not."""
    print(f"verifying  {workload.name}: {workload.method} {workload.path}")
    able = []
    for server in servers:
        try:
            print(f"           {server.name}: {verify(workload, server, root, note)}", flush=True)
            able.append(server)
        except Unverified as problem:
            refused.append(f"{workload.name} of {server.name} is not measured: {problem}")
            print(f"           NOT {server.name}: {problem}", flush=True)
    return able if servers[0] in able and len(able) > 1 else []


def run_rounds(workloads: list[Workload], takers: dict[str, list[ServerProcess]], options: argparse.Namespace) -> Results:
    """Every server in every round, each round beginning with another one; the first pass only warms up."""
    results: Results = {workload.name: {server.name: [] for server in takers[workload.name]} for workload in workloads}
    try:
        for workload in workloads:
            for server in takers[workload.name]:
                progress(f"warming up: {workload.name}, {server.name}")
                measure(server, workload, 1, options.connections)
        for number in range(options.rounds):
            for workload in workloads:
                servers = takers[workload.name]
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


def report(results: Results, options: argparse.Namespace, incomplete: list[str]) -> int:
    if results:
        rows = [row(name, peer, rounds) for name, rounds in results.items() for peer in rounds if peer != "Landing"]
        print(f"\n{aligned([['Landing ÷ peer', *FIGURES, 'CPU of all rounds'], *rows])}\n")
        print(f"Medians of {options.rounds} rounds of {options.seconds} s with {options.connections} connections.")
        print("CPU, p99 and memory: less is better. Requests/s: more is better, but the load shares the machine.")
    if options.json:
        write_json(results, options)
    exceeded = over_budget(results, options)
    for line in exceeded:
        print(f"OVER BUDGET  {line}")
    for line in incomplete:
        print(f"INCOMPLETE  {line}")
    return 1 if exceeded or incomplete or not results else 0


def row(workload: str, peer: str, rounds: dict[str, list[Measurement]]) -> list[str]:
    medians = [f"{statistics.median(ratios(rounds, peer, figure)):.2f}" for figure in FIGURES.values()]
    cpu = ratios(rounds, peer, FIGURES["CPU"])
    return [f"{workload} ÷ {peer}", *medians, f"{min(cpu):.2f}–{max(cpu):.2f}"]


def over_budget(results: Results, options: argparse.Namespace) -> list[str]:
    exceeded = []
    for peer, budget in (("nginx", options.budget), (RENDER_PEER, options.render_budget)):
        for name, rounds in results.items():
            # What a page costs whose HTML is not kept is told, and no budget is meant for it.
            if budget is None or peer not in rounds or name == FROM_MARKDOWN:
                continue
            ratio = statistics.median(ratios(rounds, peer, FIGURES["CPU"]))
            if not ratio <= budget:
                exceeded.append(f"{name} takes {ratio:.2f} × {peer}'s CPU, and the budget is {budget:.2f}")
    return exceeded


def write_json(results: Results, options: argparse.Namespace):
    document = {
        "machine": {"system": platform.platform(), "processors": len(os.sched_getaffinity(0))},
        "rounds": options.rounds, "seconds": options.seconds, "connections": options.connections,
        "workloads": {
            name: {
                "ratios": {
                    peer: {figure: statistics.median(ratios(rounds, peer, figure)) for figure in FIGURES.values()}
                    for peer in rounds if peer != "Landing"
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
