#!/usr/bin/env python3
"""What a page costs for somebody who is signed in, beside the same page for everybody.

Run from the top of the project, after `make build`. Exit code 1: the budget is exceeded, or something could not be
verified or measured.
"""

import argparse
import os
import re
import statistics
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from answers import exchange
from load import Spoiled, measure
from processes import ServerProcess, clean_up_when_told_to_stop, find_program, running, scratch_folder, start_landing
from tables import aligned, progress
from workloads import PAGE, Workload

NAME, EMAIL, PASSWORD = "Ada Lovelace", "ada@example.org", "a long enough secret"


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    find_program("wrk")
    with scratch_folder() as folder:
        data = folder / "landing" / "data"
        data.mkdir(parents=True)
        create_account(options.binary, data)
        with running(start_landing(options.binary, folder / "landing")) as landing:
            cookie = sign_in(landing)
            workloads = [
                workload("everybody", landing, {}, options), workload("signed in", landing, {"Cookie": cookie}, options),
                workload("signed in, gzip", landing, {"Cookie": cookie, "Accept-Encoding": "gzip"}, options),
            ]
            results = {item.name: [] for item in workloads}
            try:
                for number in range(options.rounds + 1):
                    for item in workloads:
                        progress(f"round {number} of {options.rounds}: {item.name}")
                        measured = measure(landing, item, options.seconds if number else 1, options.connections)
                        if number:
                            results[item.name].append(measured)
            except Spoiled as problem:
                raise SystemExit(f"The measurement is spoiled: {problem}") from None
            finally:
                progress("")
    return report(results, options.budget)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds for each in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default %(default)s)")
    parser.add_argument("--budget", type=float, help="largest CPU ratio to the page for everybody; above it the exit code is 1")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    return options


def create_account(binary: Path, data: Path):
    command = [str(binary), "user", "create", EMAIL, "--name", NAME, "--password-stdin"]
    subprocess.run(command, env=os.environ | {"LANDING_DATA": str(data)}, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)


class Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def sign_in(landing: ServerProcess) -> str:
    """The cookie of a session."""
    form = urllib.parse.urlencode({"email": EMAIL, "password": PASSWORD}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{landing.port}/sign-in", form, {"Sec-Fetch-Site": "same-origin"})
    try:
        urllib.request.build_opener(Unredirected).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        cookie = re.match(r"session=[\w-]{43}", answer.headers.get("Set-Cookie", ""))
        if answer.code == 303 and cookie:
            return cookie.group()
    raise SystemExit("Nobody could sign in")


def workload(name: str, landing: ServerProcess, headers: dict[str, str], options: argparse.Namespace) -> Workload:
    """Verified: the right person's page, or everybody's."""
    answer = exchange(landing.address, PAGE, headers=headers)
    if answer.status != 200 or "Accept-Encoding" not in headers and (NAME.encode() in answer.body) != bool(headers):
        raise SystemExit(f"The page of {name} is not the right one")
    item = Workload(name, PAGE)
    item.headers[landing.name] = headers
    item.sizes[landing.name] = answer.size
    return item


def report(results: dict, budget: float | None) -> int:
    everybody = statistics.median(one.cpu_microseconds for one in results["everybody"])
    rows = [["page", "CPU us", "CPU / everybody", "req/s", "p99 ms"]]
    for name, measured in results.items():
        cpu = statistics.median(one.cpu_microseconds for one in measured)
        rate = statistics.median(one.requests_per_second for one in measured)
        p99 = statistics.median(one.p99_milliseconds for one in measured)
        rows.append([name, f"{cpu:.1f}", f"{cpu / everybody:.2f}", f"{rate:.0f}", f"{p99:.1f}"])
    print(aligned(rows))
    ratio = float(rows[2][2])
    if budget and ratio > budget:
        print(f"\nA signed-in page costs {ratio} times everybody's; the budget is {budget}.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
