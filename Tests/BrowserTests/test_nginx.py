"""Deploy/nginx for real: TLS, kept connections, signing in, event streams and sockets through nginx to the gateway."""

import http.client
import http.server
import json
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass

import pytest
from behind_nginx import TOKEN, Closed, Nginx, Simulator, SiteWithGateway, Visitor, Wire, eventually, free_port

PASSWORD = "a long enough secret"
STREAM = "/v1/chat/completions"
# What the gateway refuses with proxy_attribution_required, what would be a browser's, and what would be the caller's word on itself.
NEVER_SENT = ("x-forwarded-", "forwarded:", "x-real-ip:", "via:", "origin:", "referer:", "cookie:", "sec-fetch-", "x-openclaw-scopes:")


def old_landing_conf(name: str, text: str) -> str:
    """As the stack's own conf.d/landing.conf asks Landing: "upgrade" with every request, and a chain of addresses."""
    if name != "landing.conf":
        return text
    old = {
        "Connection $connection_upgrade;": "Connection 'upgrade';",
        "X-Forwarded-For $remote_addr;": "X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;":
            "proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-Forwarded-Host $host;\nproxy_set_header X-Real-IP $remote_addr;",
        "proxy_max_temp_file_size 0;": "proxy_max_temp_file_size 0;\nproxy_request_buffering off;\nproxy_buffering off;",
    }
    for mine, theirs in old.items():
        assert mine in text
        text = text.replace(mine, theirs)
    return text.replace("        proxy_buffering off;\n", "")


@dataclass
class Stack:
    site: SiteWithGateway
    nginx: Nginx
    wire: Wire
    simulator: Simulator

    def visitor(self, role: str | None = None) -> Visitor:
        """Somebody new, signed in with the role if there is one."""
        visitor = Visitor(self.nginx)
        if role:
            visitor.email = f"p{uuid.uuid4().hex[:12]}@example.org"
            self.site.create_account(visitor.email, PASSWORD, role)
            visitor.said_of_cookie = visitor.sign_in(visitor.email, PASSWORD)
        return visitor

    def elsewhere(self, visitor: Visitor) -> Visitor:
        """The same person on another device."""
        other = Visitor(self.nginx)
        other.sign_in(visitor.email, PASSWORD)
        return other


class Service(http.server.BaseHTTPRequestHandler):
    """The program that Deploy/nginx/guarded-service.conf guards: says what it was sent."""

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def stack(whole_stack):
    yield whole_stack
    whole_stack.wire.events_until_silence = None


@pytest.fixture(scope="module", params=["as deployed", "as the stack's old file"])
def whole_stack(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    port = free_port()
    edit = old_landing_conf if request.param == "as the stack's old file" else lambda name, text: text
    with Simulator(folder) as simulator:
        wire = Wire(simulator.port)
        with SiteWithGateway(folder, origin=f"https://127.0.0.1:{port}", gateway_port=wire.port) as site:
            nginx = Nginx(
                folder / "nginx", port=port, landing_port=site.port, guarded_port=free_port(), service_port=service.server_port, edit=edit)
            with nginx:
                yield Stack(site, nginx, wire, simulator)
        wire.close()
    service.shutdown()
    service.server_close()


# nginx and Landing.


def test_nginx_has_nothing_against_the_files(stack):
    assert stack.nginx.complaints() == ""


@pytest.mark.parametrize("path", ["/", "/docs", "/feed.xml", "/sign-in", "/healthz"])
def test_pages_arrive_over_tls(stack, path):
    answer = Visitor(stack.nginx).ask("GET", path)
    assert answer.status == 200
    assert answer.read()
    # Once each: Landing's own, and none of nginx.conf's.
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert len(answer.headers.get_all("Strict-Transport-Security")) == 1
    assert answer.headers.get_all("X-Frame-Options") is None


def test_pages_arrive_as_landing_compressed_them(stack):
    etags = []
    for address, request in [(stack.site.port, http.client.HTTPConnection), (stack.nginx.port, None)]:
        if request:
            connection = request("127.0.0.1", address, timeout=10)
            connection.request("GET", "/docs", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
        else:
            answer = Visitor(stack.nginx).ask("GET", "/docs", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        etags.append((answer.headers["ETag"], answer.read()))
    assert etags[0] == etags[1]


def test_browsers_get_http_2(stack):
    context = stack.nginx.trust
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(_plain(stack.nginx.port), server_hostname="127.0.0.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"
    got = subprocess.run(
        ["curl", "-sS", "--http2", "--cacert", str(stack.nginx.folder / "cert.pem"), "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
         f"{Visitor(stack.nginx).origin}/docs"], capture_output=True, text=True, check=True, timeout=30)
    assert got.stdout == "2 200"


@pytest.mark.parametrize("version, works", [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_only_tls_of_today_is_spoken(stack, version, works):
    context = stack.nginx.trust
    if version == ssl.TLSVersion.TLSv1_1:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    if works:
        with context.wrap_socket(_plain(stack.nginx.port), server_hostname="127.0.0.1") as connection:
            assert connection.version() == version.name.replace("_", ".")
    else:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(_plain(stack.nginx.port), server_hostname="127.0.0.1")


def test_without_tls_nginx_only_leads_to_tls(stack):
    connection = http.client.HTTPConnection("127.0.0.1", stack.nginx.plain_port, timeout=10)
    connection.request("GET", "/docs?a=b")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://agents.ddns.net/docs?a=b")


def test_one_connection_to_landing_serves_many_requests(stack):
    before = stack.site.open_connections()
    for _ in range(20):
        answer = Visitor(stack.nginx).ask("GET", "/docs")
        assert answer.status == 200
        answer.read()
    # nginx keeps the connection of the last request; had Landing closed any, there would be none or one less.
    after = stack.site.open_connections()
    assert after >= 1, "Landing closes the connections that nginx would keep"
    assert after <= max(before, 1), f"nginx opened {after - before} more connections for 20 requests one after the other"


@pytest.mark.parametrize("path", ["/api/metrics", "/api/site"])
def test_what_operators_ask_is_not_public(stack, path):
    answer = Visitor(stack.nginx).ask("GET", path)
    assert answer.status == 404
    assert b"http_requests" not in answer.read()


def test_a_body_may_have_as_much_as_landing_takes(stack):
    def ask(size: int) -> http.client.HTTPResponse:
        return Visitor(stack.nginx).ask("POST", "/sign-in", b"a" * size, {"Content-Type": "application/x-www-form-urlencoded"})

    assert ask(1 << 20).headers["X-Request-ID"], "the answer is Landing's"
    more = ask((1 << 20) + 1)
    assert (more.status, more.headers["X-Request-ID"]) == (413, None)


def test_the_session_is_bound_to_the_host_and_its_address_is_the_visitors(stack):
    visitor = stack.visitor("user")
    assert visitor.said_of_cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(visitor.said_of_cookie.split("; "))
    visitor.source = "127.0.0.2"
    visitor.sign_in(visitor.email, PASSWORD, {"X-Forwarded-For": "203.0.113.9"})
    answer = visitor.ask("GET", "/api/account/sessions")
    sessions = answer.read().decode()
    assert answer.status == 200
    assert "127.0.0.2" in sessions
    assert "203.0.113.9" not in sessions


def test_no_secret_of_a_link_is_in_nginx_log(stack):
    Visitor(stack.nginx).ask("GET", "/reset?token=not-for-the-log").read()
    Visitor(stack.nginx).ask("GET", "/docs?seen=1").read()
    log = eventually(lambda: (stack.nginx.folder / "landing.log").read_text())
    assert "GET /reset HTTP/1.1" in log
    assert "not-for-the-log" not in log


def test_while_landing_is_away_visitors_are_told_when_to_come_back_and_nobody_gets_in(tmp_path):
    nobody = free_port()
    with Nginx(tmp_path / "nginx", port=free_port(), landing_port=nobody, guarded_port=free_port(), service_port=nobody) as nginx:
        answer = Visitor(nginx).ask("GET", "/docs")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
        assert b"Try again" in answer.read()
        assert Visitor(nginx).ask("GET", "/", port=nginx.guarded_port).status == 500


# A second program behind the same sign-in.


def test_the_guarded_program_is_for_administrators_and_never_sees_the_session(stack):
    port = stack.nginx.guarded_port
    anonymous = Visitor(stack.nginx).ask("GET", "/", port=port)
    assert (anonymous.status, anonymous.headers["Location"]) == (302, "https://agents.ddns.net/sign-in")
    assert stack.visitor("author").ask("GET", "/", port=port).status == 403
    visitor = stack.visitor("admin")
    session = visitor.cookie
    own = {"X-Auth-Roles": "made up", "X-Auth-Email": "made up"}
    for cookies, seen in [
        (session, None), (f"{session}; a=1", "a=1"), (f"a=1; {session}", "a=1"), (f"a=1; {session}; b=2", "a=1; b=2"),
        (f"a=1; {session}; b=2; c=3", "a=1; b=2; c=3"),
    ]:
        visitor.cookie = cookies
        answer = visitor.ask("GET", "/some/page?x=y", headers=own, port=port)
        got = json.loads(answer.read())
        assert answer.status == 200
        assert got.get("cookie") == seen
        assert got["x-auth-roles"] == "user,author,admin"
        assert got["x-auth-email"] == urllib.parse.quote(visitor.email, safe="@")
        assert got["x-forwarded-for"] == "127.0.0.1"


# The gateway.


def test_the_gateway_would_refuse_what_a_proxy_passes_on(stack):
    """Else what follows would show nothing."""
    for name in ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"]:
        connection = http.client.HTTPConnection("127.0.0.1", stack.simulator.port, timeout=10)
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {TOKEN}", name: "203.0.113.9"})
        answer = connection.getresponse()
        assert answer.status == 403
        assert b"proxy_attribution_required" in answer.read()


def test_nothing_of_the_browser_or_of_nginx_reaches_the_gateway(stack):
    visitor = stack.visitor("user")
    rude = {
        "X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9", "Referer": f"{visitor.origin}/dashboard",
        "Authorization": "Bearer of-the-browser", "X-OpenClaw-Scopes": "operator.admin", "Via": "1.1 somewhere",
    }
    answer = visitor.ask("GET", "/api/gateway/v1/models", headers=rude)
    document = json.loads(answer.read())
    assert answer.status == 200
    assert document["object"] == "list"
    assert TOKEN not in str(answer.headers) + json.dumps(document)
    with visitor.socket(**{"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}) as channel:
        assert channel.status == 101
        assert channel.ask("agents.list")["ok"] is True
    heads = stack.wire.heads
    assert any(head.startswith("GET /v1/models ") for head in heads)
    for head in heads:
        for line in head.lower().split("\r\n")[1:]:
            assert not line.startswith(NEVER_SENT), head
            assert "of-the-browser" not in line
            assert "203.0.113.9" not in line


def test_without_a_session_nothing_reaches_the_gateway(stack):
    def calls() -> int:
        return sum(" /v1/" in head for head in stack.wire.heads)

    before = calls()
    visitor = Visitor(stack.nginx)
    assert visitor.ask("GET", "/api/gateway/v1/models").status == 401
    assert visitor.chat("Hello", stream=True).status == 401
    with visitor.socket() as channel:
        assert channel.status == 401
    assert calls() == before


def test_another_sites_page_can_open_no_socket(stack):
    visitor = stack.visitor("user")
    with visitor.socket(Origin="https://elsewhere.example") as channel:
        assert channel.status == 403


def test_each_event_of_a_stream_arrives_when_it_is_written(stack):
    answer = stack.visitor("user").chat("Hello, what can you show?", stream=True)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers.get("Content-Encoding") is None
    arrivals = []
    last = b""
    while line := answer.readline():
        if line.startswith(b"data:"):
            arrivals.append(time.monotonic())
            last = line
    assert last.strip() == b"data: [DONE]"
    assert len(arrivals) >= 4
    # Written one after the other with pauses between: so they come, not all at the end.
    pauses = [later - earlier for earlier, later in zip(arrivals, arrivals[1:])]
    assert sum(pause > 0.01 for pause in pauses) >= 2, pauses
    assert arrivals[-1] - arrivals[0] > 0.05


def test_who_goes_away_ends_the_call_at_the_gateway_within_a_second(stack):
    stack.wire.events_until_silence = 2
    answer = stack.visitor("user").chat("Tell a long story.", stream=True)
    assert _first_event(answer)
    call = max(stack.wire.carrying(STREAM), key=lambda connection: connection.asked_at)
    gone_at = time.monotonic()
    answer.close()
    answer.connection.close()
    eventually(lambda: call.ended_at is not None)
    assert call.ended_at - gone_at < 1


def test_messages_pass_the_socket_both_ways_as_the_role_allows(stack):
    with stack.visitor("user").socket() as channel:
        assert channel.status == 101
        agents = channel.ask("agents.list")
        assert agents["ok"] is True and agents["payload"]["agents"]
        refused = channel.ask("cron.run", id="daily", mode="force")
        assert refused["ok"] is False and refused["error"]["message"]
        assert channel.ask("health")["ok"] is True, "a refusal leaves the socket as it was"


def test_a_session_that_is_signed_out_elsewhere_loses_its_stream_and_its_socket(stack):
    visitor = stack.visitor("user")
    elsewhere = stack.elsewhere(visitor)
    stack.wire.events_until_silence = None
    with visitor.socket() as channel:
        assert channel.ask("health")["ok"] is True
        stack.wire.events_until_silence = 2
        stream = visitor.chat("Tell a long story.", stream=True)
        assert _first_event(stream)
        assert elsewhere.ask("DELETE", "/api/account/sessions?except=current").status == 200
        signed_out_at = time.monotonic()
        rest = stream.read()
        assert time.monotonic() - signed_out_at < 2
        assert b"session-ended" in rest
        with pytest.raises(Closed) as closed:
            while True:
                channel.receive()
        assert time.monotonic() - signed_out_at < 2
        assert (closed.value.code, closed.value.reason) == (1008, "session ended")
    assert visitor.ask("GET", "/api/gateway/v1/models").status == 401
    assert elsewhere.ask("GET", "/api/gateway/v1/models").status == 200


def _plain(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def _first_event(answer: http.client.HTTPResponse) -> bytes:
    while line := answer.readline():
        if line.startswith(b"data:"):
            return line
    raise AssertionError(f"no event came ({answer.status})")
