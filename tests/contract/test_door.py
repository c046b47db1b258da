"""Host x Origin x key x path against the real program: no 200 where there should be none, and no call upstream. The same table runs
against the guard alone in tests/unit/server/door_table_test.cpp."""
import itertools
import json
import socket

import pytest

from test_http_abuse import Wire

KEY = "sk-right-0123456789"
BODY = b"[]"
HOSTS = {"localhost:18080": True, "127.0.0.1:18080": True, "[::1]:18080": True, "LOCALHOST": True, "ocx.lan:18080": True,
         "evil.example:18080": False, "localhost.evil.example": False, "127.0.0.1.nip.io": False, "localhost.": False, "0.0.0.0": False}
# (Origin, Sec-Fetch-Site, whether it may come in); "@" is the page's own origin
ORIGINS = [(None, None, True), ("@", "same-origin", True), ("https://app.example", "cross-site", True), ("https://evil.example", None, False),
           ("https://app.example.evil.example", None, False), ("null", "cross-site", False), (None, "cross-site", False)]
KEYS = {"right": KEY, "wrong": "sk-wrong-0123456789", "none": None}
# (method, target, status when let in, whether a key is needed); [] is no valid body, so that nothing reaches the model
PATHS = [("POST", "/v1/responses", 400, True), ("POST", "/v1/chat/completions", 400, True), ("GET", "/v1/models", 200, True),
         ("GET", "/healthz", 200, False), ("GET", "/readyz", 200, False), ("GET", "/metrics", 200, True), ("GET", "/v1/nothing", 404, True),
         ("GET", "//healthz", 404, True), ("GET", "/v1/%2e%2e/healthz", 404, True), ("DELETE", "/v1/responses", 405, True)]


@pytest.fixture(scope="module")
def guarded(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--allow-host", "ocx.lan", "--cors-origin",
                 "https://app.example", "--cors-origin", "http://localhost:3000", "--metrics", environment={"OPENAI_VIA_CODEX_API_KEY": KEY},
                 canaries=[KEY])


def ask(server, method, target, host, origin=None, site=None, key=None, extra=()):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *extra]
    if origin:
        lines.append("Origin: " + ("http://" + host if origin == "@" else origin))
    if site:
        lines.append(f"Sec-Fetch-Site: {site}")
    if key:
        lines.append(f"Authorization: Bearer {key}")
    body = BODY if method == "POST" else b""
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    with Wire(server) as wire:
        wire.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return wire.reply()


def rows():
    for (host, is_ours), (origin, site, may), (key_name, key), (method, target, status, needs_key) in itertools.product(
            HOSTS.items(), ORIGINS, KEYS.items(), PATHS):
        want = 403 if not is_ours or not may else 401 if needs_key and key_name != "right" else status
        yield (method, target, host, origin, site, key), want


def test_the_whole_table(guarded, fake_upstream):
    table = list(rows())
    assert len(table) >= 2000
    shut_out = [row for row in table if row[1] in (401, 403)]
    let_in = [row for row in table if row[1] not in (401, 403)]
    for row, want in shut_out:
        status, headers, _ = ask(guarded, *row)
        assert status == want, (row, status)
        if row[3] != "https://app.example":
            assert not [name for name in headers if name.startswith("access-control-")], row
    assert len(fake_upstream.requests) <= 1 and fake_upstream.posts() == []  # only the catalogue, at the start
    for row, want in let_in:
        assert ask(guarded, *row)[0] == want, row
    assert fake_upstream.posts() == []


def test_a_listed_origin_may_ask_first_and_read_the_answer(guarded, fake_upstream):
    origin = "https://app.example"
    preflight = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization, content-type, x-stainless-lang")
    status, headers, body = ask_without_body(guarded, "OPTIONS", "/v1/responses", origin, preflight)
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-headers"] == "authorization, content-type, x-stainless-lang"
    assert "POST" in headers["access-control-allow-methods"]
    assert headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in headers and "access-control-allow-private-network" not in headers
    status, headers, _ = ask(guarded, "POST", "/v1/responses", "localhost", origin, "cross-site", KEY)
    assert status == 400
    assert headers["access-control-allow-origin"] == origin
    assert "x-request-id" in headers["access-control-expose-headers"]
    # Errors must be readable, too, or the page sees a network failure.
    status, headers, _ = ask(guarded, "POST", "/v1/responses", "localhost", origin, "cross-site", "sk-wrong-0123456789")
    assert (status, headers["access-control-allow-origin"]) == (401, origin)
    assert len(fake_upstream.requests) <= 1 and fake_upstream.posts() == []  # only the catalogue, at the start


def ask_without_body(server, method, target, origin, extra):
    with Wire(server) as wire:
        head = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", f"Origin: {origin}", "Connection: close", *extra])
        wire.send(head.encode() + b"\r\n\r\n")
        while wire._more():
            pass
        head, _, body = wire.unread.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), {n.lower(): v.strip() for n, v in (line.split(":", 1) for line in lines[1:])}, body


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example:8443", "http://app.example", "*"])
def test_a_preflight_of_others_is_refused_without_a_cors_field(guarded, origin):
    status, headers, _ = ask_without_body(guarded, "OPTIONS", "/v1/responses", origin, ("Access-Control-Request-Method: POST",))
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_browser_must_send_json(guarded, content_type):
    fields = ["POST /v1/responses HTTP/1.1", "Host: localhost", "Origin: http://localhost", f"Authorization: Bearer {KEY}", "Content-Length: 2"]
    if content_type:
        fields.append(f"Content-Type: {content_type}")
    with Wire(guarded) as wire:
        wire.send("\r\n".join(fields).encode() + b"\r\n\r\n{}")
        assert wire.reply()[0] == 415


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks the routing table
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return probe.getsockname()[0]


class At:
    def __init__(self, host, server):
        self.host, self.port = host, server.port


def test_other_machines_get_403_and_the_remedy_until_a_key_is_set(serve, session_upstream, login, fake_upstream, tmp_path):
    arguments = ["--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--host", "0.0.0.0"]
    address = own_address()
    bare = serve(*arguments)
    assert "WARNING:  NO API KEY IS SET" in bare.log() and "403" in bare.log()
    for method, target, *_ in PATHS:
        status, _, body = ask(At(address, bare), method, target, address)
        assert status == 403, target
        assert json.loads(body)["error"]["code"] == "remote_without_key"
        assert "OPENAI_VIA_CODEX_API_KEY" in json.loads(body)["error"]["message"]
    assert len(fake_upstream.requests) <= 1 and fake_upstream.posts() == []  # only the catalogue, at the start
    assert ask(bare, "GET", "/v1/models", "localhost")[0] == 200
    assert ask(bare, "GET", "/v1/models", "evil.example")[0] == 403  # rebinding against the loopback side

    keyed = serve(*arguments, environment={"OPENAI_VIA_CODEX_API_KEY": KEY})
    assert "NO API KEY" not in keyed.log()
    assert ask(At(address, keyed), "GET", "/v1/models", address)[0] == 401
    assert ask(At(address, keyed), "GET", "/v1/models", address, key=KEY)[0] == 200

    insisting = serve(*arguments, "--allow-unauthenticated-remote")
    assert "everybody is let in" in insisting.log()
    assert ask(At(address, insisting), "GET", "/v1/models", address)[0] == 200
