"""--passthrough: unknown paths below /v1 go to the backend, and nothing else does."""
import json

import pytest

from harness import packing, raw
from harness.upstream import PREFIX, Gate, Reply
from test_http_abuse import HOST, Wire

UNKNOWN = "/v1/alpha/search"
JSON = [["content-type", "application/json"]]


@pytest.fixture(scope="module")
def passing(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--passthrough", "--api-key", "right", canaries=login.secrets)


@pytest.fixture
def unchecked(monkeypatch):
    """What is passed on has no schema."""
    monkeypatch.setattr(raw.tap, "saw", lambda *_, **__: None)


def call(server, method, path, body=None, headers=None, key="right"):
    return raw.call(server, method, path, body, {"Authorization": "Bearer " + key, **(headers or {})})


def test_off_by_default(live_path_server):
    assert raw.call(live_path_server, "GET", UNKNOWN).status == 404
    assert not live_path_server.upstream.requests


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_request_and_reply_as_they_are(passing, fake_upstream, unchecked, method):
    if method == "POST":
        fake_upstream.script(Reply([b"\0a", b"\xffb"], 418, [["content-type", "x/y"], ["Set-Cookie", "a=b"], ["Location", "https://x/"], ["cf-ray", "1"],
                                                             ["retry-after", "3"], ["x-codex-turn-state", "t"], ["x-codex-plan-type", "plus"]]))
    body = b"\0\xff not JSON" if method != "DELETE" else None
    answer = call(passing, method, UNKNOWN + "?q=a%20b&q=..%2f", body, {
        "Content-Type": "m/n", "Accept": "o/p", "Cookie": "secret=1", "X-Forwarded-For": "1.2.3.4", "x-openai-internal-codex-residency": "us",
        "ChatGPT-Account-ID": "not-ours", "originator": "codex_fake", "User-Agent": "mine", "Referer": "http://localhost/"})
    sent, = [r for r in fake_upstream.requests if "alpha" in r.target]
    assert (sent.method, sent.target, sent.raw) == (method, PREFIX + "/alpha/search?q=a%20b&q=..%2f", body or b"")
    names = {name for name, _ in sent.headers}
    assert names <= {"host", "authorization", "content-type", "content-length", "accept", "originator", "user-agent", "version", "chatgpt-account-id"}, names
    assert sent.header("content-type") == "m/n" and sent.header("accept") == "o/p"
    assert sent.header("originator") == "openai-api-server-via-codex" and sent.header("chatgpt-account-id") != "not-ours"
    if method == "POST":
        assert answer.status == 418 and answer.body == b"\0a\xffb"
        assert answer.header("content-type") == "x/y" and answer.header("retry-after") == "3" and answer.header("x-codex-plan-type") == "plus"
        assert not {"set-cookie", "location", "cf-ray", "x-codex-turn-state"} & set(answer.headers)
    else:
        assert answer.status == 404 and answer.json() == {"detail": "Not Found"}


def test_a_compressed_body_goes_on_plain(passing, fake_upstream, unchecked):
    fake_upstream.script(Reply([b"{}"], headers=JSON))
    assert call(passing, "POST", UNKNOWN, packing.zstd(b'{"a":1}'), {"Content-Encoding": "zstd", "Content-Type": "application/json"}).status == 200
    sent, = fake_upstream.posts()
    assert sent.body == {"a": 1} and sent.header("content-encoding") is None


@pytest.mark.parametrize("path", [
    "/v1/../wham/usage", "/v1/%2e%2e/wham/usage", "/v1/%2E%2E%2Fwham/usage", "/v1/a/../../x", "/v1/a%2f..%2f..%2fx", "/v1/.%2e/x", "/v1/a/./b", "/v1//a",
    "/v1/a//b", "/v1/a/", "/v1/a%5c..%5cb", "/v1/a\\b", "/v1/a;b", "/v1/%252e%252e/x", "/v1/a%00", "/v1/a%0d%0ab", "/v1/%61", "/v2/a", "/a", "/V1/a", "/v1",
    "/backend-api/codex/a", "//v1/a", "/v1/a%", "/v1/http:%2f%2fevil.example%2f"])
def test_what_could_be_read_as_another_path_stays_here(passing, fake_upstream, path):
    with Wire(passing) as wire:
        wire.send(f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"Authorization: Bearer right\r\n\r\n")
        assert wire.reply()[0] in (400, 404)
    assert not fake_upstream.requests


@pytest.mark.parametrize("method,path", [
    ("POST", "/v1/embeddings"), ("GET", "/v1/files"), ("POST", "/v1/audio/speech"), ("DELETE", "/v1/models/m"), ("PUT", "/v1/responses"), ("GET", "/v1/responses"),
    ("POST", "/v1/models"), ("OPTIONS", "/v1/alpha/search"), ("HEAD", "/v1/alpha/search"), ("TRACE", "/v1/alpha/search"), ("GET", "/healthz/x")])
def test_paths_with_a_meaning_here_stay_here(passing, fake_upstream, method, path):
    assert call(passing, method, path).status in (403, 404, 405, 501)
    assert not [r for r in fake_upstream.requests if r.path != "/models"]


def test_the_guard_and_the_key_come_first(passing, fake_upstream):
    assert call(passing, "GET", UNKNOWN, key="wrong").status == 401
    assert call(passing, "GET", UNKNOWN, headers={"Host": "evil.example"}).status == 403
    assert call(passing, "POST", UNKNOWN, b"{}", {"Origin": "https://evil.example"}).status == 403
    assert not fake_upstream.requests


def test_the_reply_streams_and_a_client_that_leaves_ends_the_call(passing, fake_upstream):
    gate = Gate()
    fake_upstream.script(Reply([b"data: 1\n\n", gate, b"data: 2\n\n"], headers=[["content-type", "text/event-stream"]]),
                         Reply([b"one", Gate(), b"two"]))
    request = b"POST /v1/alpha/search HTTP/1.1\r\n" + HOST + b"Authorization: Bearer right\r\nContent-Length: 2\r\n\r\n{}"
    with Wire(passing) as wire:
        wire.send(request)
        seen = b""
        while b"data: 1" not in seen:
            seen += wire.socket.recv(4096)
        gate.set()
        while b"data: 2" not in seen:
            seen += wire.socket.recv(4096)
    with Wire(passing) as wire:
        wire.send(request)
        seen = b""
        while b"one" not in seen:
            seen += wire.socket.recv(4096)
    assert fake_upstream.posts()[-1].connection_closed.wait(10)


def test_a_reply_that_breaks_off_is_cut(passing, fake_upstream):
    fake_upstream.script(Reply([b"one"], end="cut"))
    with Wire(passing) as wire:
        wire.send(b"POST /v1/alpha/search HTTP/1.1\r\n" + HOST + b"Authorization: Bearer right\r\nContent-Length: 2\r\n\r\n{}")
        seen = b""
        while piece := wire.socket.recv(4096):
            seen += piece
    assert b"one" in seen and not seen.endswith(b"0\r\n\r\n")


def test_a_refused_login_is_not_the_callers_key(passing, fake_upstream):
    fake_upstream.script(Reply([b"{}"], 401, JSON), Reply([b"{}"], 401, JSON))
    answer = call(passing, "POST", UNKNOWN, b"{}")
    assert answer.status == 503 and json.loads(answer.body)["error"]["code"] == "upstream_auth_error"


def test_a_backend_that_cannot_be_reached_is_a_502(serve, login):
    server = serve("--backend-base-url", "http://127.0.0.1:1/x", "--auth-json", login.path, "--passthrough", canaries=login.secrets)
    assert raw.call(server, "GET", UNKNOWN).status == 502
