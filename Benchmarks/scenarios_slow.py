"""Those who take a connection and their time."""

import asyncio
import time
from collections.abc import Callable

from answers import request
from connections import Connection, open_many
from scenario import Scene, scenario

SECONDS_TO_ASK = 5
SECONDS_TO_LEAVE = 1


@scenario("idle", "10,000 connections that say nothing keep nobody waiting")
async def idle(scene: Scene) -> list[str]:
    connections = await open_many(scene.address, scene.many(10_000))
    found = too_few(connections, scene.many(10_000))
    try:
        await asyncio.sleep(scene.hold_seconds)
        # They come as fast as they can and leave within a second: ending them takes the system more than making them.
        for count in range(len(connections), 0, -max(1, len(connections) // 100)):
            close(connections[count - 1 :])
            del connections[count - 1 :]
            await asyncio.sleep(SECONDS_TO_LEAVE / 100)
    finally:
        close(connections)
    return found


@scenario("half-heads", "1,000 connections whose head never ends are closed at the head deadline")
async def half_heads(scene: Scene) -> list[str]:
    start = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    return await be_slow(scene, start, b"a", deadline=scene.head_deadline, silent_too=True)


@scenario("slow-bodies", "1,000 forms that come in at a byte a second keep nobody waiting")
async def slow_bodies(scene: Scene) -> list[str]:
    start = request(
        "/contact", method="POST", headers={"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "5000"})
    return await be_slow(scene, start, b"a", deadline=scene.body_deadline, silent_too=False)


@scenario("slow-readers", "1,000 connections that ask for pages and read none keep nobody waiting")
async def slow_readers(scene: Scene) -> list[str]:
    # More than the kernel buffers, so that the server is left with the rest.
    requests = request("/") * 40
    before = scene.descriptors()
    connections = await open_many(scene.address, scene.many(1_000), is_narrow=True)
    try:
        broken = too_few(connections, scene.many(1_000))
        for connection in connections:
            connection.send_what_fits(requests)
            # What is tried is how they are held, not how fast pages are made.
            await asyncio.sleep(SECONDS_TO_ASK / len(connections))
        if scene.read_deadline is None:
            await asyncio.sleep(scene.hold_seconds)
            return broken

        def left() -> int:
            # A closed connection with a full buffer looks open from here, but not from there; visitors have a few too.
            held = scene.descriptors() - before
            return held if held > len(connections) // 20 else 0

        return broken + await outlive(left, scene, scene.read_deadline)
    finally:
        close(connections)


async def be_slow(scene: Scene, start: bytes, drip: bytes, *, deadline: float | None, silent_too: bool) -> list[str]:
    """`start`, then `drip` every second; with `silent_too`, every other connection sends nothing more."""
    connections = await open_many(scene.address, scene.many(1_000))
    try:
        for connection in connections:
            connection.send_what_fits(start)
        dripping = asyncio.create_task(drip_into(connections[:: 2 if silent_too else 1], drip))
        broken = too_few(connections, scene.many(1_000))
        if deadline is None:
            await asyncio.sleep(scene.hold_seconds)
        else:
            broken += await outlive(lambda: sum(not connection.is_gone for connection in connections), scene, deadline)
        dripping.cancel()
        return broken
    finally:
        close(connections)


async def drip_into(connections: list[Connection], drip: bytes):
    while True:
        await asyncio.sleep(1)
        for connection in connections:
            connection.send_what_fits(drip)


async def outlive(left: Callable[[], int], scene: Scene, deadline: float) -> list[str]:
    """Waits until the server has ended all of them, and not longer than the deadline with its slack."""
    allowed = deadline + scene.slack_seconds
    end = time.monotonic() + allowed
    while still := left():
        if time.monotonic() > end:
            return [f"{still} connections are still open after {allowed:g} s"]
        await asyncio.sleep(0.25)
    return []


def too_few(connections: list[Connection], wanted: int) -> list[str]:
    return [f"only {len(connections)} of {wanted} connections could be opened"] if len(connections) < wanted else []


def close(connections: list[Connection]):
    for connection in connections:
        connection.close()
