"""Those who send what no browser sends."""

import asyncio
import itertools
import random
import time

from answers import request
from connections import Connection, each
from scenario import Scene, scenario

QUICKLY_SECONDS = 5
NOISE_SECONDS = 60
NOISE_AT_ONCE = 32
SECONDS_TO_REACT = 0.25


@scenario("many-headers", "100,000 tiny headers on one connection are refused at once")
async def many_headers(scene: Scene) -> list[str]:
    count = scene.many(100_000)
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"h%d: v\r\n" % number for number in range(count)) + b"\r\n"
    async with await Connection.open(scene.address) as connection:
        # The server may refuse long before the end, so nobody waits for all to be sent.
        sending = asyncio.create_task(connection.send(head))
        try:
            async with asyncio.timeout(QUICKLY_SECONDS):
                beginning = await connection.end()
        except TimeoutError:
            return [f"the connection is still open after {QUICKLY_SECONDS} s"]
        finally:
            sending.cancel()
    if beginning and not beginning.startswith(b"HTTP/1.1 4"):
        return [f"the answer begins with {beginning[:40]!r}"]
    return []


@scenario("noise", "a minute of random bytes gets refusals or nothing, and never a 500")
async def noise(scene: Scene) -> list[str]:
    end = time.monotonic() + (NOISE_SECONDS / 10 if scene.is_quick else NOISE_SECONDS)
    complaints: dict[str, list[int]] = {}

    def until_the_end():
        for number in itertools.count():
            if time.monotonic() > end:
                return
            yield number

    async def shout(number: int):
        # Its own generator for each, so that one of them can be said again by its number.
        chance = random.Random(f"{scene.seed}/{number}")
        try:
            async with await Connection.open(scene.address) as connection:
                beginning = await reaction(connection, garbage(chance), says_that_this_is_all=number % 2 == 0)
        except OSError as problem:
            complaints.setdefault(f"no connection: {problem}", []).append(number)
            return
        if beginning and not beginning.startswith(b"HTTP/1."):
            complaints.setdefault("no HTTP came back", []).append(number)
        elif beginning[9:12] == b"500":
            complaints.setdefault("500 came back", []).append(number)

    await each(until_the_end(), shout, at_once=NOISE_AT_ONCE)
    return [f"{complaint}, {len(numbers)} times, first to number {numbers[0]} of seed {scene.seed}" for complaint, numbers in complaints.items()]


async def reaction(connection: Connection, data: bytes, *, says_that_this_is_all: bool) -> bytes:
    """The beginning of what comes back; nothing where that takes too long."""

    async def send():
        if await connection.send(data) and says_that_this_is_all:
            connection.finish_sending()

    sending = asyncio.create_task(send())
    try:
        return await asyncio.wait_for(connection.receive(), SECONDS_TO_REACT)
    except TimeoutError:
        return b""
    finally:
        sending.cancel()


def garbage(chance: random.Random) -> bytes:
    """Bytes from anywhere, or a good request that is damaged, or a good beginning with a bad end."""
    kind = chance.randrange(3)
    if kind == 0:
        return chance.randbytes(chance.randint(1, 4096))
    path = chance.choice(["/", "/contact", "/css/site.css", "/tags/%C3%A4", "/docs?x=1#y"])
    method = chance.choice(["GET", "HEAD", "POST", "PUT", "TRACE"])
    headers = {"Accept-Encoding": "gzip", "Content-Length": "5", "Cookie": "a=b", "Range": "bytes=0-1"}
    good = bytearray(request(path, method=method, headers=headers) + b"hello")
    if kind == 1:
        for _ in range(chance.randint(1, 8)):
            good[chance.randrange(len(good))] = chance.randrange(256)
        return bytes(good)
    return bytes(good[: chance.randrange(len(good))]) + chance.randbytes(chance.randint(1, 512))
