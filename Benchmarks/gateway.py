#!/usr/bin/env python3
"""What a call of the gateway costs through Landing, beside nginx's `proxy_pass`; with --streams, what open event streams cost.

Run from the top of the project, after `make build`. Exit code 1: a budget is exceeded, or something could not be
verified or measured.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import statistics
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from answers import NoAnswer, exchange, request
from connections import Connection, each
from load import Measurement, Spoiled, measure
from peers import configured
from processes import (
    ServerProcess, clean_up_when_told_to_stop, find_program, free_port, raise_descriptor_limit, running, scratch_folder, start_landing, start_listener,
)
from signed_in import Unredirected
from tables import aligned, progress
from workloads import PAGE, Workload

CALL = "/api/gateway/v1/models"
PASSWORD = "a long enough secret"
TOKEN = "a-token-of-the-gateway-for-benchmarks"
AGENTS = ["openclaw", "openclaw/default", "openclaw/main", "openclaw/research", "openclaw/operations"]
MODELS = json.dumps(
    {"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "openclaw", "permission": []} for name in AGENTS]},
    separators=(",", ":"))
# As much as LANDING_GATEWAY_RATE takes; and another person for each round, else these would be too many calls for one.
RATE = 1_000
WARM_UP_STREAMS = 200
# As many pages as one person may have open.
STREAMS_OF_ONE = 12
PAGES_BESIDE_STREAMS = 300


def main() -> int:
    options = arguments()
    clean_up_when_told_to_stop()
    raise_descriptor_limit(options.streams + 1_000)
    if options.streams:
        return streams(options)
    return calls(options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path(".build/release/landing"), help="the program (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds for each in a round (default %(default)s)")
    parser.add_argument("--connections", type=int, default=64, help="connections at once (default %(default)s)")
    parser.add_argument("--budget", type=float, help="largest CPU ratio to nginx; above it the exit code is 1")
    parser.add_argument("--streams", type=int, default=0, metavar="N", help="open N event streams instead, of the simulated gateway")
    parser.add_argument("--people", type=int, metavar="N", help=f"who open them, each the same number (default: {STREAMS_OF_ONE} for each)")
    parser.add_argument("--path", default="/dashboard/live", help="the stream (default %(default)s)")
    parser.add_argument("--idle", type=int, default=30, metavar="S", help="seconds in which nothing happens (default %(default)s)")
    parser.add_argument("--stream-bytes", type=int, metavar="N", help="largest memory of one stream; above it the exit code is 1")
    parser.add_argument("--p99", type=float, metavar="MS", help="what pages beside the streams stay under; above it the exit code is 1")
    options = parser.parse_args()
    options.people = options.people or -(-options.streams // STREAMS_OF_ONE)
    if not options.binary.is_file():
        parser.error(f"there is no {options.binary}: `make build` makes the release program")
    return options


# Calls


def calls(options: argparse.Namespace) -> int:
    find_program("wrk")
    with scratch_folder() as folder, nginx("gateway", folder, models=MODELS) as gateway:
        with nginx("proxy", folder, gateway=gateway.port) as proxy, landing(options.binary, folder, gateway.port) as site:
            cookies = [person(options.binary, folder, site, number) for number in range(options.rounds + 1)]
            workload = Workload("a call", CALL)
            workload.headers = {site.name: {"Cookie": cookies[0]}, proxy.name: {}}
            workload.sizes = {server.name: verified(server, workload.headers[server.name]) for server in (proxy, site)}
            if exchange(site.address, CALL).status != 401:
                raise SystemExit("Landing calls the gateway for people who are not signed in")
            results: dict[str, list[Measurement]] = {proxy.name: [], site.name: []}
            try:
                for number, cookie in enumerate(cookies):
                    workload.headers[site.name] = {"Cookie": cookie}
                    # Each begins as often as the other.
                    for server in (proxy, site) if number % 2 else (site, proxy):
                        progress(f"round {number} of {options.rounds}: {server.name}")
                        measured = measured_to_the_end(gateway, server, workload, options.seconds if number else 1, options.connections)
                        if number:
                            results[server.name].append(measured)
            except Spoiled as problem:
                raise SystemExit(f"The measurement is spoiled: {problem}") from None
            finally:
                progress("")
    return report_calls(results, proxy.name, site.name, options.budget)


@contextmanager
def nginx(name: str, folder: Path, **values) -> Iterator[ServerProcess]:
    own, port = folder / name, free_port()
    own.mkdir()
    file, log = configured(f"{name}.conf", own, port=port, **values), own / "error.log"
    command = [find_program("nginx"), "-p", str(own), "-c", str(file), "-e", str(log)]
    with running(start_listener("nginx" if name == "proxy" else name, command, port, log)) as server:
        yield server


@contextmanager
def landing(binary: Path, folder: Path, gateway: int, **more: str) -> Iterator[ServerProcess]:
    settings = {"GATEWAY_URL": f"http://127.0.0.1:{gateway}", "GATEWAY_AUTH_TOKEN": TOKEN, "LANDING_GATEWAY_RATE": str(RATE), "ACCOUNT_STORE": "sqlite"} | more
    with running(start_landing(binary, folder / "landing", settings=settings)) as server:
        yield server


def person(binary: Path, folder: Path, site: ServerProcess, number: int) -> str:
    """Makes an account and signs in; the cookie of the session."""
    email = f"person{number}@example.org"
    command = [str(binary), "user", "create", email, "--password-stdin"]
    environment = os.environ | {"LANDING_DATA": str(folder / "landing" / "data"), "ACCOUNT_STORE": "sqlite"}
    subprocess.run(command, env=environment, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
    form = urllib.parse.urlencode({"email": email, "password": PASSWORD}).encode()
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"10.{number >> 8}.{number & 255}.1"}
    attempt = urllib.request.Request(f"http://127.0.0.1:{site.port}/sign-in", form, headers)
    try:
        urllib.request.build_opener(Unredirected).open(attempt, timeout=10)
    except urllib.error.HTTPError as answer:
        cookie = re.match(r"session=[\w-]{43}", answer.headers.get("Set-Cookie", ""))
        if answer.code == 303 and cookie:
            return cookie.group()
    raise SystemExit(f"{email} could not sign in")


def verified(server: ServerProcess, headers: dict[str, str]) -> int:
    """Bytes of the answer, which is the gateway's."""
    try:
        answer = exchange(server.address, CALL, headers=headers)
    except NoAnswer as problem:
        raise SystemExit(f"{server.name} sends {problem}") from None
    if answer.status != 200 or answer.body != MODELS.encode() or not answer.headers.get("content-type", "").startswith("application/json"):
        raise SystemExit(f"{server.name} does not pass the gateway's answer on, but {answer.status}: {answer.body[:500]!r}")
    return answer.size


def measured_to_the_end(gateway: ServerProcess, server: ServerProcess, workload: Workload, seconds: int, connections: int) -> Measurement:
    """Makes sure that the calls arrived: an answer that was kept costs less, and is something else."""
    before = arrived(gateway)
    measured = measure(server, workload, seconds, connections)
    sent, came = measured.requests_per_second * seconds, arrived(gateway) - before
    if came < sent * 0.9:
        raise Spoiled(f"of {sent:.0f} calls of {server.name}, {came} arrived at the gateway")
    return measured


def arrived(gateway: ServerProcess) -> int:
    """Requests so far, this one included."""
    return int(exchange(gateway.address, "/_requests").body.split()[9])


def report_calls(results: dict[str, list[Measurement]], nginx: str, landing: str, budget: float | None) -> int:
    ratios = [mine.cpu_microseconds / other.cpu_microseconds for mine, other in zip(results[landing], results[nginx])]
    ratio = statistics.median(ratios)
    rows = [["a call of the gateway", "CPU us", "CPU / nginx", "all rounds", "req/s", "p99 ms", "MB"]]
    for name, measured in results.items():

        def median(of: str) -> float:
            return statistics.median(getattr(one, of) for one in measured)

        compared = [f"{ratio:.2f}", f"{min(ratios):.2f}-{max(ratios):.2f}"] if name == landing else ["", ""]
        rows.append([
            name, f"{median('cpu_microseconds'):.1f}", *compared, f"{median('requests_per_second'):.0f}", f"{median('p99_milliseconds'):.1f}",
            f"{median('resident_megabytes'):.0f}",
        ])
    print(aligned(rows))
    if budget and ratio > budget:
        print(f"\nA call through Landing costs {ratio:.2f} times nginx's; the budget is {budget}.")
        return 1
    return 0


# Streams


def streams(options: argparse.Namespace) -> int:
    with scratch_folder() as folder, simulator(options.binary.with_name("gateway-simulator"), folder) as gateway:
        # People come from networks of their own, else the site would take them for one who tries passwords.
        with landing(options.binary, folder, gateway.port, LANDING_TRUSTED_PROXIES="127.0.0.1") as site:
            cookies = []
            for number in range(options.people):
                progress(f"person {number + 1} of {options.people}")
                cookies.append(person(options.binary, folder, site, number))
            result = asyncio.run(hold(site, cookies, options))
    progress("")
    return report_streams(result, options)


@contextmanager
def simulator(program: Path, folder: Path) -> Iterator[ServerProcess]:
    if not program.is_file():
        raise SystemExit(f"there is no {program}: `make bench-streams` builds it")
    port, log = free_port(), folder / "simulator.log"
    with running(start_listener("gateway-simulator", [str(program), "--port", str(port), "--token", TOKEN, "--happening", "0s"], port, log)) as server:
        yield server


async def hold(site: ServerProcess, cookies: list[str], options: argparse.Namespace) -> dict[str, float]:
    # What the first ones need, later ones share.
    async with opened(site, cookies, min(WARM_UP_STREAMS, options.streams), options.path):
        await asyncio.sleep(2)
    alone = await page_times(site)
    before = site.resident_bytes
    began = time.monotonic()
    async with opened(site, cookies, options.streams, options.path) as readers:
        opening = time.monotonic() - began
        await asyncio.sleep(5)
        memory = site.resident_bytes
        progress(f"{options.idle} s without anything to do")
        cpu = site.cpu_seconds
        await asyncio.sleep(options.idle)
        cpu = site.cpu_seconds - cpu
        beside = await page_times(site)
        lost = sum(reader.done() for reader in readers)
    await asyncio.sleep(5)
    return {
        "opening": opening, "bytes": (memory - before) / options.streams, "before": before, "memory": memory, "after": site.resident_bytes,
        "cpu": cpu / options.idle, "alone": alone[len(alone) * 99 // 100], "beside": beside[len(beside) * 99 // 100], "lost": lost,
    }


@contextlib.asynccontextmanager
async def opened(site: ServerProcess, cookies: list[str], count: int, path: str):
    """Streams whose answers have begun, with the tasks that read what comes; a task that is done is a stream that ended."""
    connections: list[Connection] = []
    refusals: list[str] = []

    async def one(number: int):
        progress(f"stream {number + 1} of {count}")
        connection = await Connection.open(site.address)
        connections.append(connection)
        await connection.send(request(path, headers={"Cookie": cookies[number % len(cookies)], "Accept": "text/event-stream"}))
        head = await asyncio.wait_for(connection.receive(), 30)
        if not head.startswith(b"HTTP/1.1 200") or b"text/event-stream" not in head.lower():
            refusals.append(head[:600].decode("latin-1"))

    readers: list[asyncio.Task] = []
    try:
        await each(range(count), one, at_once=50)
        if refusals:
            raise SystemExit(f"{len(refusals)} of {count} streams were refused, the first with:\n{refusals[0]}\nIf these are too many for one person: --people")
        readers = [asyncio.create_task(connection.end()) for connection in connections]
        yield readers
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        for connection in connections:
            connection.close()


async def page_times(site: ServerProcess) -> list[float]:
    """Milliseconds until a page is here, in order of size; each on a connection of its own, 20 ms apart."""
    times = []
    for _ in range(PAGES_BESIDE_STREAMS):
        began = time.perf_counter()
        async with await Connection.open(site.address) as connection:
            await connection.send(request(PAGE))
            answer = await asyncio.wait_for(connection.answer(), 10)
        if not answer or answer.status != 200:
            raise SystemExit("A page beside the streams was not answered")
        times.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(0.02)
    return sorted(times)


def report_streams(result: dict[str, float], options: argparse.Namespace) -> int:
    rows = [["event streams", f"{options.streams}"]]
    rows += [
        ["opened within", f"{result['opening']:.1f} s"],
        ["memory of one", f"{result['bytes'] / 1e3:.1f} kB"],
        ["memory without any", f"{result['before'] / 1e6:.0f} MB"],
        ["memory with all", f"{result['memory'] / 1e6:.0f} MB"],
        ["memory 5 s after all", f"{result['after'] / 1e6:.0f} MB"],
        [f"CPU over {options.idle} s", f"{result['cpu'] * 100:.1f} % of one processor"],
        ["a page, p99, without any", f"{result['alone']:.1f} ms"],
        ["a page, p99, with all", f"{result['beside']:.1f} ms"],
        ["ended by Landing", f"{result['lost']:.0f}"],
    ]
    print(aligned(rows))
    broken = []
    if result["lost"]:
        broken.append(f"Landing ended {result['lost']:.0f} streams.")
    if options.stream_bytes and result["bytes"] > options.stream_bytes:
        broken.append(f"One stream takes {result['bytes']:.0f} bytes; the budget is {options.stream_bytes}.")
    if options.p99 and result["beside"] > options.p99:
        broken.append(f"A page beside the streams takes {result['beside']:.1f} ms; the budget is {options.p99}.")
    print("".join(f"\n{line}" for line in broken), end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
