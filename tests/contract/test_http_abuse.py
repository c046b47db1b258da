"""Raw bytes against the real program: what two HTTP parsers could read in two ways, requests too large, too slow or torn, and those of a web page.
The right status, OpenAI's error object, a closed connection where framing is in doubt, nothing forwarded, and the server alive afterwards."""
import json
import re
import socket
import struct
import time
from pathlib import Path

import pytest

from harness import tap

HOST = b"Host: localhost\r\n"
SMUGGLED = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
MIB = 1024 * 1024
LIMIT = 64 * MIB
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"


def post(fields, body=b"", path=b"/v1/responses"):
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body


def chunked(body):
    return post(CHUNKED, body)


def get(target, fields=HOST, version=b"HTTP/1.1"):
    return b"GET " + target + b" " + version + b"\r\n" + fields + b"\r\n"


class Wire:
    """One connection, byte for byte."""

    def __init__(self, server, timeout=10):
        self.socket = socket.create_connection((server.host, server.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, piece=None):
        """Sends everything; False when the server has had enough before."""
        try:
            for at in range(0, len(data), piece or len(data) or 1):
                self.socket.sendall(data[at:at + (piece or len(data))])
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.unread += data
        return bool(data)

    def reply(self):
        """(status, headers, body) of the next reply; its length must be announced."""
        while b"\r\n\r\n" not in self.unread:
            assert self._more(), f"the connection ended with {self.unread!r}"
        head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0]).group(1))
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        if status == 100:
            return status, headers, b""
        length = int(headers["content-length"])
        while len(self.unread) < length:
            assert self._more(), "the body ended early"
        body, self.unread = self.unread[:length], self.unread[length:]
        return status, headers, body

    def rest(self):
        """Everything up to the end of the connection; a timeout is a failure."""
        while self._more():
            pass
        return self.unread


def check_error(reply, status, **members):
    got, headers, body = reply
    assert got == status, (got, body)
    assert headers["content-type"].startswith("application/json")
    tap.saw("?", "/v1", got, headers["content-type"], body)
    assert re.fullmatch(r"req_[0-9a-f]{32}", headers["x-request-id"])
    assert not [name for name in headers if name.startswith("access-control-")]
    error = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["message"]
    assert error["type"] == ("invalid_request_error" if status < 500 else "server_error")
    for name, value in members.items():
        assert error[name] == value, error
    return error


def check_untouched(server):
    """Alive, and the backend has heard nothing."""
    with Wire(server) as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert wire.reply()[0] == 200
    assert server.upstream_requests() == []


def check_refused_and_closed(server, data, status, piece=None, **members):
    with Wire(server) as wire:
        wire.send(data + SMUGGLED, piece)
        reply = wire.reply()
        check_error(reply, status, **members)
        assert reply[1]["connection"] == "close"
        assert wire.rest() == b"", "something was answered after a request whose end is in doubt"
    check_untouched(server)


FRAMING = {
    "te-chunked-gzip": post(b"Transfer-Encoding: chunked, gzip\r\n", HELLO),
    "te-gzip": post(b"Transfer-Encoding: gzip\r\n", HELLO),
    "te-xchunked": post(b"Transfer-Encoding: xchunked\r\n", HELLO),
    "te-chunked-chunked": post(b"Transfer-Encoding: chunked, chunked\r\n", HELLO),
    "te-gzip-chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", HELLO),
    "te-identity": post(b"Transfer-Encoding: identity\r\n", HELLO),
    "te-empty": post(b"Transfer-Encoding:\r\n", HELLO), "te-vertical-tab": post(b"Transfer-Encoding: \x0bchunked\r\n", HELLO),
    "te-twice": post(CHUNKED + CHUNKED, HELLO), "te-space-before-colon": post(b"Transfer-Encoding : chunked\r\n", HELLO),
    "te-on-http-1.0": b"POST /v1/responses HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n" + HELLO,
    "te-then-cl": post(CHUNKED + b"Content-Length: 5\r\n", HELLO),
    "cl-then-te": post(b"Content-Length: 5\r\n" + CHUNKED, HELLO),
    "te-gzip-then-cl": post(b"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", b"hello"),
    "cl-list": post(b"Content-Length: 5, 5\r\n", b"hello"),
    "cl-twice-equal": post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
    "cl-twice-different": post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"),
    "cl-plus": post(b"Content-Length: +5\r\n", b"hello"), "cl-minus": post(b"Content-Length: -1\r\n"),
    "cl-hex": post(b"Content-Length: 0x5\r\n", b"hello"),
    "cl-empty": post(b"Content-Length:\r\n"), "cl-overflow": post(b"Content-Length: 18446744073709551617\r\n", b"h"),
    "cl-space-before-colon": post(b"Content-Length : 5\r\n", b"hello"),
    "chunk-extension-lf": chunked(b'5;a="\n"\r\nhello\r\n0\r\n\r\n'),
    "chunk-extension-bare-cr": chunked(b"5;a=\rb\r\nhello\r\n0\r\n\r\n"),
    "chunk-extension-long": chunked(b"5;" + b"a" * 5000 + b"\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-hex-prefix": chunked(b"0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-overflow": chunked(b"ffffffffffffffff5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-trailing-space": chunked(b"5 \r\nhello\r\n0\r\n\r\n"),
    "chunk-size-empty": chunked(b"\r\nhello\r\n0\r\n\r\n"), "chunk-size-minus": chunked(b"-5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-lf": chunked(b"5\nhello\r\n0\r\n\r\n"),
    "chunk-data-too-long": chunked(b"5\r\nhelloworld\r\n0\r\n\r\n"),
    "chunk-data-lf": chunked(b"5\r\nhello\n0\r\n\r\n"),
    "trailer-lf": chunked(b"5\r\nhello\r\n0\r\nX: y\n\r\n"),
    "trailer-long": chunked(b"0\r\nX: " + b"a" * 9000 + b"\r\n\r\n"),
    "obs-fold": get(b"/v1/models", HOST + b"X: a\r\n b\r\n"),
    "host-twice": get(b"/v1/models", HOST + HOST),
    "host-twice-different": get(b"/v1/models", HOST + b"Host: evil.example\r\n"),
    "host-none": get(b"/v1/models", b""),
    "host-list": get(b"/v1/models", b"Host: localhost, evil.example\r\n"),
    "host-path-trick": get(b"/v1/models", b"Host: localhost/v1/models?\r\n"),
    "host-userinfo": get(b"/v1/models", b"Host: user@localhost\r\n"),
    "target-utf-8": get("/v1/mödels".encode()),
    "target-other-authority": get(b"http://evil.example/v1/models"),
    "target-no-slash": get(b"v1/models"), "target-fragment": get(b"/v1/models#x"),
    "double-space": get(b" /v1/models"),
    "tab-in-request-line": b"GET\t/v1/models HTTP/1.1\r\n" + HOST + b"\r\n",
    "no-version": b"GET /v1/models\r\n" + HOST + b"\r\n",
    "version-lower-case": get(b"/v1/models", version=b"http/1.1"),
    "bad-method": b"G@T /v1/models HTTP/1.1\r\n" + HOST + b"\r\n",
    "field-space-before-colon": get(b"/v1/models", HOST + b"X : y\r\n"),
    "field-no-colon": get(b"/v1/models", HOST + b"X\r\n"), "field-no-name": get(b"/v1/models", HOST + b": y\r\n"),
    "field-bad-name": get(b"/v1/models", HOST + b"B(d: y\r\n"),
    "field-nul": get(b"/v1/models", HOST + b"X: a\0b\r\n"),
    "field-control": get(b"/v1/models", HOST + b"X: a\x01b\r\n"),
    "bare-lf": b"GET /v1/models HTTP/1.1\n" + HOST + b"\r\n",
    "bare-lf-in-fields": get(b"/v1/models", b"Host: localhost\nX: y\r\n"),
    "bare-cr-in-fields": get(b"/v1/models", b"Host: localhost\rX: y\r\n"),
    "leading-empty-lines": b"\r\n\r\n" + get(b"/v1/models"), "leading-space": b" " + get(b"/v1/models"),
}
OTHER_STATUS = {
    "version-9.9": (get(b"/v1/models", version=b"HTTP/9.9"), 505),
    "version-1.2": (get(b"/v1/models", version=b"HTTP/1.2"), 505),
    "version-0.9": (get(b"/v1/models", version=b"HTTP/0.9"), 505),
    "http-2-preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "700-fields": (get(b"/v1/models", HOST + b"a: b\r\n" * 700), 431),
    "long-field": (get(b"/v1/models", HOST + b"X: " + b"a" * 17000 + b"\r\n"), 431),
    "long-head": (get(b"/v1/models", HOST + (b"X: " + b"a" * 8000 + b"\r\n") * 20), 431),
    "long-target": (get(b"/v1/" + b"a" * 20000), 414),
}


@pytest.mark.parametrize("piece", [None, 1], ids=["whole", "bytes"])
@pytest.mark.parametrize("name", FRAMING)
def test_doubtful_framing(server, name, piece):
    check_refused_and_closed(server, FRAMING[name], 400, piece)


@pytest.mark.parametrize("name", OTHER_STATUS)
def test_over_limits_and_other_versions(server, name):
    data, status = OTHER_STATUS[name]
    check_refused_and_closed(server, data, status)


def test_tls_to_the_plain_port(server):
    with Wire(server) as wire:
        wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32))
        check_error(wire.reply(), 400)
    check_untouched(server)


@pytest.mark.parametrize("data", [b"GET /v1/mod", get(b"/v1/models")[:-2], post(b"Content-Length: 5\r\n", b"hell"), chunked(b"5\r\nhello\r\n0\r\n")])
@pytest.mark.parametrize("how", ["fin", "reset"])
def test_half_a_request(server, data, how):
    with Wire(server) as wire:
        wire.send(data)
        if how == "fin":
            wire.socket.shutdown(socket.SHUT_WR)
            assert wire.rest() == b""
        else:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    check_untouched(server)


@pytest.mark.parametrize("method,target", [
    ("GET", "/"), ("GET", "/v1"), ("GET", "/v1/nope"), ("POST", "/v1/nothing"), ("POST", "/responses"), ("GET", "/v1/models/"),
    ("POST", "/v1/responses/"), ("GET", "/v1/../v1/models"), ("GET", "/v1/%2e%2e/v1/models"), ("GET", "/v1/models/%2e%2e"),
    ("GET", "/v1/models/a%2f..%2fb"), ("GET", "//v1/models"), ("GET", "/v1//models"), ("GET", "/v1\\models"), ("GET", "/v1/models;x=1"),
    ("GET", "/v1/models/a%5cb"), ("GET", "/v1/models/a%00b"), ("GET", "/v1%2fmodels"), ("POST", "/v1/chat%2fcompletions"),
    ("GET", "/backend-api/codex/models"), ("POST", "/v1/responses/../chat/completions"), ("OPTIONS", "*"), ("CONNECT", "/v1/responses"),
])
def test_paths_that_reach_nothing(server, method, target):
    with Wire(server) as wire:
        body = b"{}" if method == "POST" else b""
        fields = b"Content-Length: %d\r\n" % len(body) if body else b""
        wire.send(f"{method} {target} HTTP/1.1\r\n".encode() + HOST + fields + b"\r\n" + body)
        reply = wire.reply()
        if method == "CONNECT":
            check_error(reply, 405, code="method_not_supported")
        else:
            error = check_error(reply, 404, code="unknown_url", param=None)
            assert error["message"] == f"Invalid URL ({method} {target})"
        wire.send(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert wire.reply()[0] == 200, "framing was never in doubt: the connection goes on"
    check_untouched(server)


@pytest.mark.parametrize("target", ["/v1/models/%", "/v1/models/%2", "/v1/models/%zz", "/v1/models?x=%"])
def test_broken_percent_encoding(server, target):
    check_refused_and_closed(server, get(target.encode()), 400)


@pytest.mark.parametrize("method,target,allowed", [
    ("PUT", "/v1/responses", "POST"), ("PATCH", "/v1/chat/completions", "POST"), ("DELETE", "/v1/models", "GET"),
    ("POST", "/healthz", "GET, HEAD"), ("TRACE", "/v1/responses", "POST"), ("FOO", "/v1/responses", "POST"), ("post", "/v1/responses", "POST"),
])
def test_methods(server, method, target, allowed):
    with Wire(server) as wire:
        wire.send(f"{method} {target} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
        reply = wire.reply()
        error = check_error(reply, 405, code="method_not_supported")
        assert set(allowed.split(", ")) <= set(reply[1]["allow"].split(", "))
        assert error["message"] == f"Not allowed to {method} on {target}."
    check_untouched(server)


BODIES = {
    "empty": b"", "brace": b"{", "trailing-comma": b'{"model":"m",}', "two-values": b"{}{}", "array": b"[]", "null": b"null",
    "bom": b'\xef\xbb\xbf{"input":"x","messages":[]}', "utf-16": '{"input":"x"}'.encode("utf-16"),
    "invalid-utf-8": b'{"input":"\xff","messages":[{"role":"user","content":"\xc3\x28"}]}', "overlong": b'{"input":"\xc0\xaf","messages":"\xc0\xaf"}',
    "nul": b'{"input":"a\0b","messages":"a\0b"}', "nested": b'{"input":' + b"[" * 200 + b"]" * 200 + b"}",
    "nested-very-deep": b"[" * 1_000_000, "model-number": b'{"model":1,"input":"x"}', "input-number": b'{"input":1,"messages":1}',
    "messages-string": b'{"input":true,"messages":"hi"}', "many-objects": b"[" + b"{}," * 1_000_000 + b"{}]",
}


@pytest.mark.parametrize("path", [b"/v1/responses", b"/v1/chat/completions"])
@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_request(server, name, path):
    body = BODIES[name]
    with Wire(server) as wire:
        wire.send(post(b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body), body, path))
        check_error(wire.reply(), 400)
        wire.send(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert wire.reply()[0] == 200, "the body's end was known: the connection goes on"
    check_untouched(server)


def test_announced_body_over_the_limit(server):
    with Wire(server) as wire:
        wire.send(post(b"Content-Length: %d\r\n" % (LIMIT + 1)))
        reply = wire.reply()
        check_error(reply, 413)
        assert reply[1]["connection"] == "close" and wire.rest() == b""
    check_untouched(server)


def test_sent_body_over_the_limit_still_gets_its_answer(server):
    """The client that sends everything before it reads, as SDKs do."""
    with Wire(server, timeout=30) as wire:
        wire.send(post(b"Content-Length: %d\r\n" % (LIMIT + 1)) + b"x" * (LIMIT + 1))
        check_error(wire.reply(), 413)
    check_untouched(server)


def test_body_of_exactly_the_limit_is_read(server):
    with Wire(server, timeout=60) as wire:
        wire.send(post(b"Content-Length: %d\r\n" % LIMIT) + b"x" * LIMIT)
        check_error(wire.reply(), 400)  # read to its end, and then it is not JSON
    check_untouched(server)


def resident_bytes(server):
    pid = server.process.process.pid
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()).group(1)) * 1024


def test_chunks_without_end_stop_at_the_limit(server):
    before, peak = resident_bytes(server), 0
    piece = b"%x\r\n" % MIB + b"x" * MIB + b"\r\n"
    with Wire(server, timeout=30) as wire:
        wire.send(post(CHUNKED))
        for sent in range(400):
            if not wire.send(piece):
                break
            if sent % 8 == 0:
                peak = max(peak, resident_bytes(server))
        assert sent < 399, "the server read 400 MiB of a body that may have 64"
        check_error(wire.reply(), 413)
    assert peak - before < 3 * LIMIT
    check_untouched(server)


def test_expect_100_continue(server):
    body = b"[]"
    with Wire(server) as wire:
        wire.send(post(b"Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n" % len(body)))
        assert wire.reply()[0] == 100
        wire.send(body)
        check_error(wire.reply(), 400)
    with Wire(server) as wire:
        wire.send(post(b"Expect: 100-continue\r\nContent-Length: %d\r\n" % (LIMIT + 1)))
        check_error(wire.reply(), 413)
    check_untouched(server)


@pytest.mark.parametrize("coding,status", [(b"gzip", 400), (b"deflate", 400), (b"zstd", 400), (b"br", 415), (b"gzip, identity", 415)])
def test_compressed_bodies(server, coding, status):
    with Wire(server) as wire:
        wire.send(post(b"Content-Encoding: " + coding + b"\r\nContent-Length: 5\r\n", b"\x1f\x8b\x08\x00\x00"))
        check_error(wire.reply(), status)
    check_untouched(server)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io", "localhost.", "0.0.0.0", "[::2]",
                                  "2130706433"])
def test_foreign_host(server, host):
    with Wire(server) as wire:
        wire.send(get(b"/v1/models", b"Host: " + host.encode() + b"\r\n"))
        check_error(wire.reply(), 403)
    check_untouched(server)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:9", "[::1]:80"])
def test_own_host(server, host):
    with Wire(server) as wire:
        wire.send(get(b"/healthz", b"Host: " + host.encode() + b"\r\n"))
        assert wire.reply()[0] == 200


@pytest.mark.parametrize("fields", [b"Origin: https://evil.example\r\n", b"Origin: null\r\n", b"Origin: http://localhost:3000\r\n",
                                    b"Sec-Fetch-Site: cross-site\r\n", b"Sec-Fetch-Site: same-site\r\n"])
@pytest.mark.parametrize("method", [b"GET", b"POST", b"OPTIONS"])
def test_foreign_page(server, method, fields):
    with Wire(server) as wire:
        wire.send(method + b" /v1/responses HTTP/1.1\r\n" + HOST + fields + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        check_error(wire.reply(), 403)
    check_untouched(server)


def test_pipelined_requests_are_answered_in_order(server):
    with Wire(server) as wire:
        wire.send(b"GET /v1/nope1 HTTP/1.1\r\n" + HOST + b"\r\n" + b"HEAD /healthz HTTP/1.1\r\n" + HOST + b"\r\n" +
                  b"GET /v1/nope2 HTTP/1.1\r\n" + HOST + b"\r\n")
        assert b"nope1" in wire.reply()[2]
        while b"\r\n\r\n" not in wire.unread:
            assert wire._more()
        head, wire.unread = wire.unread.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"nope2" in wire.reply()[2]
    check_untouched(server)


def test_idle_and_slow_connections_disturb_nobody(server):
    idle = [Wire(server) for _ in range(200)]
    for number, wire in enumerate(idle):
        wire.send(b"POST /v1/responses HTTP/1.1\r\nHost: loc"[:number % 40])
    started = time.monotonic()
    check_untouched(server)
    assert time.monotonic() - started < 2
    for wire in idle:
        wire.socket.close()
    check_untouched(server)
