#!/usr/bin/env python3
"""What a flood of wrong sign-ins costs the visitors of public pages.

Run from the top of the project, after `make build`. Exit code 1: pages slow down by more than is promised, or
something could not be verified or measured.
"""

import argparse
import http.client
import multiprocessing
import random
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from answers import exchange
from load import Measurement, Spoiled, measure
from processes import ServerProcess, clean_up_when_told_to_stop, find_program, running, scratch_folder, start_landing
from tables import aligned, progress
from workloads import GZIP, PAGE, Workload

FLOODS = ("none", "one address", "many addresses")
SECONDS_TO_BEGIN = 1.0


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    find_program("wrk")
    measured: dict[str, list[Measurement]] = {name: [] for name in FLOODS}
    answers: dict[str, Counter] = {name: Counter() for name in FLOODS}
    with scratch_folder() as folder:
        # Without the proxy's word for other addresses, the limit of one address would keep the work away.
        settings = {"LANDING_TRUSTED_PROXIES": "127.0.0.1"}
        with running(start_landing(options.binary, folder / "landing", settings=settings)) as landing:
            workload = page(landing)
            try:
                measure(landing, workload, 1, options.connections)
                for number in range(1, options.rounds + 1):
                    for name in FLOODS:
                        progress(f"round {number} of {options.rounds}: {name}")
                        with flood(landing, name, options.flooders, answers[name]):
                            measured[name].append(measure(landing, workload, options.seconds, options.connections))
            except Spoiled as problem:
                raise SystemExit(f"The measurement is spoiled: {problem}") from None
            finally:
                progress("")
    return report(measured, answers, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="seconds for each in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections that ask for pages (default %(default)s)")
    parser.add_argument("--flooders", type=int, default=40, help="sign-ins at once (default %(default)s)")
    parser.add_argument("--budget", type=float, default=20, help="by how many percent pages may slow down (default %(default)s)")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    return options


def page(landing: ServerProcess) -> Workload:
    """A public page that the cache has; verified."""
    exchange(landing.address, PAGE, headers=GZIP)
    answer = exchange(landing.address, PAGE, headers=GZIP)
    if answer.status != 200 or not answer.headers.get("cache-status", "").endswith("hit"):
        raise SystemExit(f"{PAGE} does not come from the cache")
    item = Workload("page", PAGE)
    item.headers[landing.name], item.sizes[landing.name] = GZIP, answer.size
    return item


@contextmanager
def flood(landing: ServerProcess, name: str, flooders: int, answers: Counter):
    """Sign-ins with wrong passwords, from a process of its own; counts their answers by status."""
    if name == "none":
        time.sleep(SECONDS_TO_BEGIN)
        yield
        return
    context = multiprocessing.get_context("fork")
    ending, counted = context.Event(), context.SimpleQueue()
    process = context.Process(target=attack, args=(landing.address, name == "many addresses", flooders, ending, counted), daemon=True)
    process.start()
    try:
        time.sleep(SECONDS_TO_BEGIN)
        yield
        ending.set()
        answers.update(counted.get())
    finally:
        ending.set()
        process.join(timeout=10)
        process.kill()


def attack(address: tuple[str, int], is_spread: bool, flooders: int, ending, counted):
    """Each flooder asks again when it has its answer, a little later where that was a refusal: it is the hashing that
    is to be measured, not a flood of requests."""
    answers: Counter = Counter()
    lock = threading.Lock()

    def run(number: int):
        chance = random.Random(number * 7919 + time.time_ns())
        connection = http.client.HTTPConnection(*address, timeout=30)
        while not ending.is_set():
            forwarded = ".".join(str(chance.randrange(1, 255)) for _ in range(4)) if is_spread else "192.0.2.1"
            form = urllib.parse.urlencode({"email": f"nobody{chance.randrange(10**9)}@example.org", "password": "wrong wrong wrong"})
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": forwarded}
            try:
                connection.request("POST", "/sign-in", form, headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            with lock:
                answers[status] += 1
            if status != 422:
                ending.wait(1)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(flooders)]
    for thread in threads:
        thread.start()
    ending.wait()
    with lock:
        counted.put(answers.copy())


def report(measured: dict[str, list[Measurement]], answers: dict[str, Counter], options: argparse.Namespace) -> int:
    def median(name: str, value) -> float:
        return statistics.median(value(one) for one in measured[name])

    def rate(name: str) -> float:
        return median(name, lambda one: one.requests_per_second)

    slowest = 0.0
    rows = [["flood", "pages/s", "slower by", "p99 ms", "sign-ins: refused", "429", "503", "others"]]
    for name in FLOODS:
        loss = 100 * (1 - rate(name) / rate("none"))
        slowest = max(slowest, loss)
        known = [answers[name][status] for status in (422, 429, 503)]
        p99 = median(name, lambda one: one.p99_milliseconds)
        rows.append(
            [name, f"{rate(name):.0f}", f"{loss:.0f} %", f"{p99:.1f}", *map(str, known), str(answers[name].total() - sum(known))])
    print(aligned(rows))
    if answers["many addresses"][422] == 0:
        print("\nNo password was checked during the flood, so nothing was measured.")
        return 1
    if slowest > options.budget:
        print(f"\nA flood of sign-ins slows pages down by {slowest:.0f} %; {options.budget:g} % are promised.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
