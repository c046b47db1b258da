"""T19: a client that leaves cancels its run, and the connection to the backend closes."""
import http.client
import json
import time

import pytest

from harness import raw
from harness.upstream import Gate, Reply

GOAL, LIMIT = 0.1, 1.0


def start(server, path, stream):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    body = {"model": "m", "input": "hi", "messages": [{"role": "user", "content": "hi"}]}
    del body["messages" if path.endswith("responses") else "input"]
    connection.request("POST", path, json.dumps({**body, **({"stream": True} if stream else {})}),
                       {"Authorization": "Bearer k", "Content-Type": "application/json"})
    return connection


def wait_for_call(upstream):
    until = time.monotonic() + 10
    while not upstream.posts():
        assert time.monotonic() < until, "the call never reached the backend"
        time.sleep(0.001)
    return upstream.posts()[0]


def leave(connection, call, capsys, what):
    began = time.monotonic()
    connection.close()
    assert call.connection_closed.wait(10), "the connection to the backend stayed open"
    spent = call.closed_at - began
    with capsys.disabled():
        print(f"\n{what}: closed after {spent * 1000:.1f} ms (goal {GOAL * 1000:.0f} ms)", end=" ")
    assert spent <= LIMIT


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/chat/completions"])
def test_T19_leaving_amid_the_stream(live_path_server, fake_upstream, capsys, path):
    frames = Reply.of_cassette("f01-plain-text").chunks
    fake_upstream.script(Reply([*frames[:5], Gate()]))
    connection = start(live_path_server, path, True)
    reply = connection.getresponse()
    seen = b""
    while b"Hello" not in seen:
        seen += reply.read1(65536)
    reply.close()
    leave(connection, wait_for_call(fake_upstream), capsys, f"{path}, mid-stream")


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
@pytest.mark.parametrize("frames", [0, 2, 5], ids=["after_the_head", "after_created", "after_text"])
def test_T19_leaving_before_the_answer(live_path_server, fake_upstream, capsys, stream, frames):
    fake_upstream.script(Reply([*Reply.of_cassette("f01-plain-text").chunks[:frames], Gate()]))
    connection = start(live_path_server, "/v1/responses", stream)
    call = wait_for_call(fake_upstream)
    time.sleep(0.05)
    leave(connection, call, capsys, f"{frames} frames, {'stream' if stream else 'plain'}")


def test_T19_slots_are_freed(live_path_server, fake_upstream):
    """More leavers than the server has places for; the next call is served at once."""
    for _ in range(20):
        fake_upstream.script(Reply([*Reply.of_cassette("f01-plain-text").chunks[:5], Gate()]))
        before = len(fake_upstream.posts())
        connection = start(live_path_server, "/v1/responses", True)
        until = time.monotonic() + 5
        while len(fake_upstream.posts()) == before and time.monotonic() < until:
            time.sleep(0.001)
        connection.close()
    assert raw.responses(live_path_server, "f01-plain-text", False).status == 200
