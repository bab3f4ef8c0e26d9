"""Closed-loop load on one server, and what a request cost it meanwhile."""

import json
import select
import socket
import subprocess
import time
from dataclasses import dataclass

from answers import request
from processes import HERE, ServerProcess, find_program
from workloads import COPIES_EACH, COPIES_IN, Workload

# Requests differ in nothing but a moment's Date and Varnish's counters, so their answers must have one size.
SIZE_TOLERANCE = 0.02
BYTES_OF_COUNTERS = 16


class Spoiled(Exception):
    """A measurement of something else than what was verified."""


@dataclass(frozen=True)
class Measurement:
    cpu_microseconds: float
    requests_per_second: float
    p99_milliseconds: float
    """Memory after it."""
    resident_megabytes: float


def measure(server: ServerProcess, workload: Workload, seconds: int, connections: int) -> Measurement:
    """CPU of the server's processes per request, with what the clients saw."""
    generate = _heads if workload.method == "HEAD" else _wrk
    before = server.cpu_seconds
    result = generate(server, workload, seconds, connections)
    cpu = server.cpu_seconds - before
    count = result["requests"]
    if count == 0 or result["failures"]:
        raise Spoiled(f"{server.name}, {workload.name}: {result['failures']} failures in {count} requests")
    expected = workload.sizes[server.name]
    if abs(result["bytes"] / count - expected) > max(expected * SIZE_TOLERANCE, BYTES_OF_COUNTERS):
        raise Spoiled(f"{server.name}, {workload.name}: {result['bytes'] / count:.0f} bytes an answer, not {expected}")
    return Measurement(cpu / count * 1e6, count / result["duration"] * 1e6, result["p99"] / 1e3, server.resident_bytes / 1e6)


def _wrk(server: ServerProcess, workload: Workload, seconds: int, connections: int) -> dict:
    headers = [part for name, value in workload.headers[server.name].items() for part in ("-H", f"{name}: {value}")]
    command = [
        find_program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "wrk_report.lua"), *headers,
        f"http://127.0.0.1:{server.port}{workload.path_on(server)}",
    ]
    if workload.copies and server.name == "Landing":
        command += ["--", COPIES_IN, str(workload.copies), str(COPIES_EACH)]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30)
    lines = [line for line in output.stdout.splitlines() if line.startswith("{")]
    if output.returncode or not lines:
        raise Spoiled(f"wrk says: {output.stderr or output.stdout}")
    return json.loads(lines[-1])


def _heads(server: ServerProcess, workload: Workload, seconds: int, connections: int) -> dict:
    """HEAD requests, since wrk waits for the body of which their answers tell the length."""
    message = request(workload.path, method="HEAD", headers=workload.headers[server.name])
    result = {"requests": 0, "bytes": 0, "failures": 0}
    sockets, sent, partial, latencies = {}, {}, {}, []
    clock = time.perf_counter
    with select.epoll() as poll:
        try:
            for _ in range(connections):
                connection = socket.create_connection(server.address, timeout=5)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.setblocking(False)
                sockets[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
            start = clock()
            for number, connection in sockets.items():
                sent[number] = clock()
                connection.send(message)
            while sockets and clock() - start < seconds:
                for number, _ in poll.poll(0.1):
                    data = partial.pop(number, b"") + _receive(sockets[number])
                    if data.startswith(b"HTTP/1.1 200") and data.endswith(b"\r\n\r\n"):
                        now = clock()
                        result["requests"] += 1
                        result["bytes"] += len(data)
                        latencies.append(now - sent[number])
                        sent[number] = now
                        sockets[number].send(message)
                    elif b"HTTP/1.1 200".startswith(data[:12]) and data and len(data) < 65536:
                        partial[number] = data
                    else:
                        result["failures"] += 1
                        poll.unregister(number)
                        sockets.pop(number).close()
            duration = clock() - start
        finally:
            for connection in sockets.values():
                connection.close()
    latencies.sort()
    p99 = latencies[len(latencies) * 99 // 100] if latencies else 0
    return result | {"duration": duration * 1e6, "p99": p99 * 1e6}


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""
