"""HTTP/1.1 answers, read byte by byte from a socket: what a benchmark must be sure of."""

import socket
from dataclasses import dataclass

LARGEST_ANSWER = 16 * 1024 * 1024
SECONDS_TO_ANSWER = 10


class NoAnswer(Exception):
    """What came back, if anything did, is no whole HTTP/1.1 answer."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    """Bytes of head and body together."""
    size: int


def request(path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> bytes:
    fields = {"Host": "127.0.0.1"} | (headers or {})
    return (f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()


def take_answer(received: bytearray, *, to: str = "GET") -> Answer | None:
    """Takes the first whole answer out of `received`; None while it is not whole."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        if len(received) > LARGEST_ANSWER:
            raise NoAnswer("a head without an end")
        return None
    status_line, *lines = received[:end].decode("latin-1").split("\r\n")
    version, _, rest = status_line.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
        raise NoAnswer(f"the status line {status_line[:80]!r}")
    status = int(rest[:3])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if to == "HEAD" or status in (204, 304) or status < 200:
        length = 0
    elif headers.get("content-length", "").isdigit():
        length = int(headers["content-length"])
    else:
        raise NoAnswer(f"an answer {status} without Content-Length")
    start, stop = end + 4, end + 4 + length
    if len(received) < stop:
        return None
    answer = Answer(status, headers, bytes(received[start:stop]), stop)
    del received[:stop]
    return answer


def exchange(address: tuple[str, int], path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
    """One request on a connection of its own."""
    received = bytearray()
    try:
        with socket.create_connection(address, timeout=SECONDS_TO_ANSWER) as connection:
            connection.sendall(request(path, method=method, headers=headers))
            while not (answer := take_answer(received, to=method)):
                chunk = connection.recv(65536)
                if not chunk:
                    raise NoAnswer(f"{method} {path}: the connection was closed before the answer was whole")
                received += chunk
    except TimeoutError:
        raise NoAnswer(f"{method} {path}: no answer within {SECONDS_TO_ANSWER} s") from None
    if received:
        raise NoAnswer(f"{method} {path}: {len(received)} bytes too many after the answer")
    return answer
