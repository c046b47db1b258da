"""Faults of clients, one test each, against the real program with short limits. The server must end the fault by itself and serve others
meanwhile. The deadlines themselves are proved on manual time in tests/unit/server/session_limits_test.cpp."""
import json
import resource
import socket
import struct
import time

import pytest

from harness import packing
from harness.raw import call
from harness.upstream import Gate, Reply
from test_http_abuse import CHUNKED, HOST, Wire, check_error, get, post
from test_serving import CHAT, arguments, wait_for

KIB = 1024
STREAM = b"POST /v1/chat/completions HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(CHAT) + CHAT


@pytest.fixture(scope="module")
def hasty(serve, session_upstream, login):
    """A server whose patience is short enough for a test."""
    return serve(*arguments(session_upstream, login), "--header-timeout", "1", "--body-timeout", "1", "--idle-timeout", "1", "--write-timeout", "1",
                 "--max-body-bytes", str(64 * KIB), "--metrics")


def served(server):
    """A normal client, and how long it had to wait."""
    started = time.monotonic()
    assert call(server, "GET", "/healthz").status == 200
    return time.monotonic() - started


def until_closed(wire, trickle=b"", seconds=8):
    """Sends the trickle byte by byte until the server has had enough; how long that took."""
    started = time.monotonic()
    wire.socket.settimeout(0.05)
    while time.monotonic() - started < seconds:
        try:
            if trickle:
                wire.socket.sendall(trickle)
            if not wire.socket.recv(4096):
                return time.monotonic() - started
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - started
    raise AssertionError("the server kept a slow client")


def test_E4_slowloris_header(hasty):
    slow = [Wire(hasty) for _ in range(50)]
    for wire in slow:
        wire.send(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n")
    assert served(hasty) < 1
    assert 0.5 < until_closed(slow[0], b"X-a: b\r\n") < 4
    for wire in slow[1:]:
        assert until_closed(wire) < 4
        wire.socket.close()


def test_E4_slow_body(hasty):
    with Wire(hasty) as wire:
        wire.send(post(b"Content-Length: 60000\r\n"))
        assert served(hasty) < 1
        assert 0.5 < until_closed(wire, b"x") < 4


def test_E4_slow_chunked_body(hasty):
    with Wire(hasty) as wire:
        wire.send(post(CHUNKED))
        assert 0.5 < until_closed(wire, b"1\r\nx\r\n") < 4


def test_E4_slow_read(hasty, fake_upstream):
    """A client that takes nothing of a large stream: closed, and the call upstream ended."""
    fake_upstream.script(Reply(deltas(3000)))
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.connect((hasty.host, hasty.port))
        client.sendall(STREAM)
        wait_for(lambda: fake_upstream.posts())
        assert served(hasty) < 1
        assert fake_upstream.posts()[-1].connection_closed.wait(15), "the call went on for a client that does not read"


def deltas(count):
    """Enough text (48 MB) to fill every buffer on the way."""
    opening = Reply.of_cassette("f01-plain-text").chunks
    head = b"".join(opening).split(b"event: response.output_text.delta")[0]
    yield head
    for number in range(count):
        event = {"type": "response.output_text.delta", "sequence_number": 4 + number, "item_id": "msg_1", "output_index": 0, "content_index": 0,
                 "delta": "x" * 16000, "logprobs": []}
        yield b"event: response.output_text.delta\ndata: " + json.dumps(event).encode() + b"\n\n"


def test_E4_body_larger_than_the_limit_announced(hasty):
    with Wire(hasty) as wire:
        wire.send(post(b"Content-Length: %d\r\n" % (64 * KIB + 1)))
        check_error(wire.reply(), 413)


def test_E4_body_larger_than_the_limit_in_chunks_without_end(hasty):
    with Wire(hasty) as wire:
        wire.send(post(CHUNKED))
        for _ in range(100):
            if not wire.send(b"1000\r\n" + b"x" * 4096 + b"\r\n"):
                break
        check_error(wire.reply(), 413)


def test_E4_expect_100_continue(hasty):
    with Wire(hasty) as wire:
        wire.send(post(b"Expect: 100-continue\r\nContent-Length: 2\r\n"))
        assert wire.reply()[0] == 100
        wire.send(b"[]")
        check_error(wire.reply(), 400)


def test_E4_gzip_body(hasty):
    bomb = packing.gzip(bytes(32 << 20))  # 1:1000
    assert len(bomb) < 64 * KIB
    for body, status in ((bomb, 413), (b"\x1f\x8b\x08" + b"\0" * 100, 400)):
        with Wire(hasty) as wire:
            wire.send(post(b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(body), body))
            check_error(wire.reply(), status)


def test_E4_pipelined_requests(hasty):
    with Wire(hasty) as wire:
        wire.send(b"".join(get(b"/v1/nope%d" % i) for i in range(20)))
        for i in range(20):
            assert f"/v1/nope{i})" in check_error(wire.reply(), 404)["message"]


def test_E4_pipelined_requests_without_end_are_not_kept(hasty, fake_upstream):
    """While a request is being answered only so much is read ahead."""
    gate = Gate()
    fake_upstream.script(Reply([gate], status=200))
    with Wire(hasty, timeout=1) as wire:
        wire.send(STREAM)
        wait_for(lambda: fake_upstream.posts())
        sent = 0
        try:
            for _ in range(1000):
                sent += wire.socket.send(b"x" * 65536)
        except OSError:
            pass
        assert sent < 32 * KIB * KIB
        gate.set()


def test_E4_half_close_after_the_request_ends_the_call(hasty, fake_upstream):
    gate = Gate()
    fake_upstream.script(Reply([gate]))
    with Wire(hasty) as wire:
        wire.send(STREAM)
        wait_for(lambda: fake_upstream.posts())
        wire.socket.shutdown(socket.SHUT_WR)
        assert fake_upstream.posts()[0].connection_closed.wait(5)
    gate.set()
    served(hasty)


def test_E4_reset_in_the_middle_of_a_stream(hasty, fake_upstream):
    gate = Gate()
    whole = Reply.of_cassette("f01-plain-text").chunks
    fake_upstream.script(Reply([*whole[:-1], gate]))
    with Wire(hasty) as wire:
        wire.send(STREAM)
        assert wire._more()
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert fake_upstream.posts()[0].connection_closed.wait(5)
    gate.set()
    served(hasty)


def resident(server):
    with open(f"/proc/{server.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def test_E4_thousands_of_idle_connections(serve):
    """As many as the limits of this machine allow the test to open, from 2,000 to 9,900."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(9900, hard - 500)
    if count < 2000:
        pytest.skip(f"this machine allows {hard} open files only")
    soft_before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    idle = []
    try:
        server = serve("--demo", "--max-connections", "12000", "--idle-timeout", "60")
        before = resident(server)
        for number in range(count):
            idle.append(socket.create_connection((server.host, server.port), timeout=10, source_address=(f"127.0.0.{2 + number % 50}", 0)))
        assert served(server) < 2
        per_connection = (resident(server) - before) / count
        assert per_connection < 24 * KIB, f"{per_connection:.0f} bytes for an idle connection"
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, soft_before)
    assert served(server) < 2


def test_E4_connect_flood(serve):
    """More connections than may be open: the surplus is told so, and the server serves on."""
    server = serve("--demo", "--max-connections", "20", "--header-timeout", "2")
    flood = [socket.create_connection((server.host, server.port), timeout=10) for _ in range(300)]
    told = 0
    for one in flood[20:84]:
        told += b"too_many_connections" in one.recv(4096)
    assert told > 30
    for one in flood:
        one.close()

    def is_served():
        try:
            return call(server, "GET", "/healthz").status == 200
        except ConnectionError:  # the server has not seen all of them go
            return False

    wait_for(is_served)
