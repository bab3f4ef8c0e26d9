"""Connections that do not behave, of one asyncio loop, from many addresses of 127.0.0.0/8."""

import asyncio
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable

from answers import Answer, take_answer

# One source address has 28,000 ports, each for a minute after its use.
SOURCES = itertools.cycle([f"127.0.0.{number}" for number in range(2, 34)])
SECONDS_TO_CONNECT = 10
OPENING_AT_ONCE = 100
# Linux: choose the port when connecting, so that a port counts for each pair of addresses.
IP_BIND_ADDRESS_NO_PORT = 24


class Connection:
    """One TCP connection; whatever ends it from the other side reads as its end."""

    def __init__(self, plug: socket.socket):
        self._socket = plug
        self._received = bytearray()

    @classmethod
    async def open(cls, address: tuple[str, int], *, is_narrow: bool = False) -> "Connection":
        """With `is_narrow` little fits into it unread."""
        plug = socket.socket()
        try:
            plug.setblocking(False)
            plug.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            if is_narrow:
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
                # With loopback's large segments the kernel takes 1.7 MB from the server; with a network's, 40 KB.
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
            plug.bind((next(SOURCES), 0))
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(plug, address), SECONDS_TO_CONNECT)
        except BaseException:
            plug.close()
            raise
        return cls(plug)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()

    async def send(self, data: bytes) -> bool:
        """Whether all of it could be sent."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
            return True
        except OSError:
            return False

    def send_what_fits(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except OSError:
            return 0

    def finish_sending(self):
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has ended already

    async def receive(self) -> bytes:
        """Some bytes; none at the end."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, 65536)
        except OSError:
            return b""

    async def answer(self, to: str = "GET") -> Answer | None:
        """The next whole answer; None where the connection ended before."""
        while True:
            if answer := take_answer(self._received, to=to):
                return answer
            data = await self.receive()
            if not data:
                return None
            self._received += data

    async def end(self) -> bytes:
        """Waits for the other side to end it; gives the beginning of what came before that."""
        beginning = b""
        while data := await self.receive():
            beginning = (beginning + data)[:4096]
        return beginning

    @property
    def is_gone(self) -> bool:
        """Whether the other side has ended it, as seen without reading."""
        information = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        tcp_established = 1
        return struct.unpack("B", information)[0] != tcp_established

    def close(self):
        self._socket.close()


async def open_many(address: tuple[str, int], count: int, **options) -> list[Connection]:
    """As many of `count` connections as the server takes, as fast as it takes them."""
    opened: list[Connection] = []

    async def one(_: int):
        try:
            opened.append(await Connection.open(address, **options))
        except OSError:
            pass

    await each(range(count), one, at_once=OPENING_AT_ONCE)
    return opened


async def each(items: Iterable, work: Callable[..., Awaitable[None]], *, at_once: int):
    """`work` for every item, by `at_once` workers."""
    queue = iter(items)

    async def worker():
        for item in queue:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())
