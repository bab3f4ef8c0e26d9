"""A real nginx with the files of Deploy/nginx, a gateway behind Landing, and what looks at the bytes between them."""

import base64
import hashlib
import http.client
import json
import os
import re
import selectors
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

from landing_site import REPOSITORY, Site

DEPLOYED = REPOSITORY / "Deploy/nginx"
TOKEN = "a-token-of-the-gateway-for-tests"
NGINX = """
daemon off;
worker_processes 1;
{user}
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # As the stack's own nginx.conf has them.
    gzip on;
    add_header X-Content-Type-Options "nosniff" always;
    add_header X-Frame-Options "SAMEORIGIN" always;
    include {folder}/conf.d/*.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition, seconds: float = 5):
    """The first true value of `condition`, which has so long to become one."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.01)
    return value


class Simulator:
    """`gateway-simulator`, which lies beside the program under test."""

    def __init__(self, folder: Path, *switches: str):
        program = Path(os.environ["LANDING_BINARY"]).with_name("gateway-simulator")
        assert os.access(program, os.X_OK), f"there is no {program}: build it first"
        self.log = folder / "simulator.log"
        self.command = [str(program), "--port", "0", "--token", TOKEN, *switches]

    def __enter__(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log, text=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(timeout=30) else ""
        address = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not address:
            self.__exit__()
            raise AssertionError(f"gateway-simulator did not print its address, but {line!r} and:\n{self.log.read_text()}")
        self.port = int(address.group(1))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Wire:
    """Lies between Landing and the gateway, passes everything on, and knows what passed and what ended.

    `events_until_silence` is how many events of an answer pass; with it the gateway falls silent in the middle.
    """

    def __init__(self, gateway_port: int):
        self.gateway = ("127.0.0.1", gateway_port)
        self.events_until_silence: int | None = None
        self.connections: list["Wire.Connection"] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    class Connection:
        def __init__(self, near: socket.socket, far: socket.socket):
            self.near, self.far = near, far
            self.sent = bytearray()
            """By Landing, so far."""
            self.asked_at = time.monotonic()
            """When Landing sent the last of it."""
            self.ended_at: float | None = None
            """When Landing ended it, as `time.monotonic` counts."""

        @property
        def heads(self) -> list[str]:
            """Of the requests on it, without their bodies."""
            return re.findall(r"(?:GET|POST|HEAD|PUT|DELETE) \S+ HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*", self.sent.decode("latin-1"))

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                connection = Wire.Connection(near, socket.create_connection(self.gateway))
                self.connections.append(connection)
                threading.Thread(target=self._send, args=(connection,), daemon=True).start()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _send(self, connection: "Wire.Connection"):
        with suppress(OSError):
            while data := connection.near.recv(65536):
                connection.sent += data
                connection.asked_at = time.monotonic()
                connection.far.sendall(data)
        connection.ended_at = time.monotonic()
        with suppress(OSError):
            connection.far.shutdown(socket.SHUT_RDWR)

    def _answer(self, connection: "Wire.Connection"):
        passed = 0
        with suppress(OSError):
            while data := connection.far.recv(65536):
                limit = self.events_until_silence
                if limit is not None:
                    if passed >= limit:
                        continue
                    *whole, rest = data.split(b"\n\n")
                    if passed + len(whole) >= limit:
                        data = b"\n\n".join(whole[:limit - passed]) + b"\n\n"
                    passed += len(whole)
                connection.near.sendall(data)
        if self.events_until_silence is None:
            with suppress(OSError):
                connection.near.shutdown(socket.SHUT_WR)

    @property
    def heads(self) -> list[str]:
        return [head for connection in list(self.connections) for head in connection.heads]

    def carrying(self, path: str) -> "list[Wire.Connection]":
        """The connections with a request for `path`."""
        return [connection for connection in list(self.connections) if any(f" {path} " in head for head in connection.heads)]

    def close(self):
        self._listener.close()
        for connection in self.connections:
            connection.near.close()
            connection.far.close()


class SiteWithGateway(Site):
    """Landing as it is set up behind nginx."""

    def __init__(self, folder: Path, *, origin: str, gateway_port: int):
        super().__init__(folder)
        self.origin, self.gateway_port = origin, gateway_port

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "LANDING_ORIGIN": self.origin, "LANDING_TRUSTED_PROXIES": "127.0.0.1",
            "GATEWAY_URL": f"http://127.0.0.1:{self.gateway_port}", "GATEWAY_AUTH_TOKEN": TOKEN,
        }

    @property
    def port(self) -> int:
        return urllib.parse.urlsplit(self.url).port

    def create_account(self, email: str, password: str, role: str):
        command = [self.binary, "user", "create", email, "--role", role, "--password-stdin"]
        subprocess.run(command, env=self.environment, input=password + "\n", text=True, check=True, capture_output=True, timeout=30)

    def open_connections(self) -> int:
        """Besides the one that asks."""
        with urllib.request.urlopen(f"{self.url}/api/metrics", timeout=10) as answer:
            return int(float(re.search(r"^http_connections_open (\S+)", answer.read().decode(), re.MULTILINE).group(1))) - 1


class Nginx:
    """With the files of Deploy/nginx, changed in nothing but ports and folders, unless `edit` changes more."""

    def __init__(self, folder: Path, *, port: int, landing_port: int, guarded_port: int, service_port: int, edit=lambda name, text: text):
        self.folder, self.port, self.guarded_port, self.plain_port = folder, port, guarded_port, free_port()
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert program, "nginx is not installed: .ci/install test"
        (folder / "conf.d").mkdir(parents=True)
        _make_certificate(folder)
        replacements = {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};", "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "listen 8443 ssl": f"listen 127.0.0.1:{guarded_port} ssl", "server 127.0.0.1:3000;": f"server 127.0.0.1:{landing_port};",
            "http://127.0.0.1:3001;": f"http://127.0.0.1:{service_port};", "/etc/nginx/ssl": str(folder), "/var/log/nginx": str(folder),
        }
        unused = set(replacements)
        for file in DEPLOYED.glob("*.conf"):
            text = file.read_text()
            for old, new in replacements.items():
                unused -= {old} if old in text else set()
                text = text.replace(old, new)
            (folder / "conf.d" / file.name).write_text(edit(file.name, text))
        assert not unused, f"no file in {DEPLOYED} has {unused}"
        # Debian's nginx gives its workers away to another user, who may not look into a test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
        self.command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]

    def complaints(self) -> str:
        """What `nginx -t` says besides that all is well."""
        tested = subprocess.run([*self.command, "-t", "-q"], capture_output=True, text=True, timeout=30)
        # Newer ones would like it in a line of its own, which older ones do not know.
        said = [line for line in tested.stderr.splitlines() if '"listen ... http2" directive is deprecated' not in line]
        return "\n".join(said + ([] if tested.returncode == 0 else [f"exit code {tested.returncode}"]))

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            eventually(self._listens, seconds=10)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _listens(self) -> bool:
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    @property
    def trust(self) -> ssl.SSLContext:
        """Knows its certificate and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))


def _make_certificate(folder: Path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=agents.ddns.net",
         "-addext", "subjectAltName=DNS:agents.ddns.net,DNS:localhost,IP:127.0.0.1", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True, timeout=60)


class Visitor:
    """A browser as far as TLS, cookies and Origin go: each request on a connection of its own."""

    def __init__(self, nginx: Nginx):
        self.nginx, self.cookie = nginx, ""
        self.email = self.said_of_cookie = ""
        self.source = "127.0.0.1"
        """Its own address."""
        self.origin = f"https://127.0.0.1:{nginx.port}"

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None, port: int | None = None
    ) -> http.client.HTTPResponse:
        """The answer, its body unread; it holds its connection."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port or self.nginx.port, timeout=20, context=self.nginx.trust, source_address=(self.source, 0))
        fields = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if method != "GET" else {}
        fields |= ({"Cookie": self.cookie} if self.cookie else {}) | (headers or {})
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        answer.connection = connection
        return answer

    def sign_in(self, email: str, password: str, headers: dict[str, str] | None = None) -> str:
        """What Landing says of the cookie."""
        form = urllib.parse.urlencode({"email": email, "password": password})
        answer = self.ask("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {}))
        said = answer.headers.get("Set-Cookie", "")
        assert answer.status == 303 and said, f"{answer.status}: {answer.read()[:500]!r}"
        self.cookie = said.partition(";")[0]
        return said

    def chat(self, words: str, *, stream: bool) -> http.client.HTTPResponse:
        document = {"model": "openclaw", "stream": stream, "messages": [{"role": "user", "content": words}]}
        accept = "text/event-stream" if stream else "application/json"
        return self.ask(
            "POST", "/api/gateway/v1/chat/completions", json.dumps(document), {"Content-Type": "application/json", "Accept": accept})

    def socket(self, path: str = "/api/gateway/ws", **headers: str) -> "WebSocket":
        return WebSocket(self.nginx, path, {"Origin": self.origin, "Cookie": self.cookie} | headers)


class Closed(Exception):
    def __init__(self, code: int | None, reason: str):
        super().__init__(f"closed with {code}: {reason}")
        self.code, self.reason = code, reason


class WebSocket:
    """A client of RFC 6455, as small as a test needs it: texts that are not fragmented, pings answered."""

    def __init__(self, nginx: Nginx, path: str, headers: dict[str, str]):
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {
            "Host": f"127.0.0.1:{nginx.port}", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13", "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
        } | headers
        plain = socket.create_connection(("127.0.0.1", nginx.port), timeout=20)
        self._socket = nginx.trust.wrap_socket(plain, server_hostname="127.0.0.1")
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        self._received = bytearray()
        while b"\r\n\r\n" not in self._received:
            self._fill()
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        self._received = bytearray(rest)
        status_line, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(status_line.split(" ")[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if self.status == 101:
            proof = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            assert self.headers["sec-websocket-accept"] == base64.b64encode(proof).decode()
            assert "sec-websocket-extensions" not in self.headers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _fill(self):
        data = self._socket.recv(65536)
        if not data:
            raise Closed(None, "without a word")
        self._received += data

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            self._fill()
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def send(self, document: dict):
        self._send(0x1, json.dumps(document).encode())

    def _send(self, opcode: int, payload: bytes):
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else struct.pack("!BH", 0x80 | 126, length) if length < 65536 else struct.pack("!BQ", 0x80 | 127, length)
        self._socket.sendall(bytes([0x80 | opcode]) + size + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)))

    def receive(self) -> dict:
        """The next message; raises ``Closed`` instead where the other side ends it."""
        while True:
            first, second = self._take(2)
            assert not second & 0x80, "a server may not mask"
            assert first & 0x80, "a message in pieces"
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._take(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._take(8))
            payload = self._take(length)
            match first & 0x0F:
                case 0x1:
                    return json.loads(payload)
                case 0x8:
                    raise Closed(struct.unpack("!H", payload[:2])[0] if payload else None, payload[2:].decode())
                case 0x9:
                    self._send(0xA, payload)

    def ask(self, method: str, **params) -> dict:
        """The answer; events before it are passed over."""
        number = os.urandom(4).hex()
        self.send({"type": "req", "id": number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("type") == "res" and message.get("id") == number:
                return message
