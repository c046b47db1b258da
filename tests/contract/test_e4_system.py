"""Faults of the system, one test each: descriptors, disks, memory, signals, inherited state."""
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from harness.process import BINARY, Server, clean_environment
from harness.raw import call
from harness.upstream import Gate, Reply
from test_e4_clients import STREAM, served
from test_http_abuse import HOST, Wire
from test_serving import arguments, wait_for


# What these tests take away, the sanitizers need: AddressSanitizer ends the program when its own memory runs out, UBSan's check of virtual calls opens
# a pipe and takes its failure for a bad object, and LeakSanitizer has to look into the program, which therefore stays dumpable.
without_sanitizers = pytest.mark.skipif(b"__asan_init" in BINARY.read_bytes(), reason="the sanitizers need what is taken away")


def cpu_seconds(server):
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@without_sanitizers
def test_E4_no_more_file_descriptors(serve):
    server = serve("--demo", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
    many = [socket.create_connection((server.host, server.port), timeout=10) for _ in range(60)]
    before = cpu_seconds(server)
    time.sleep(1)
    assert cpu_seconds(server) - before < 0.5, "the server spins while it has no descriptors"
    many[0].sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
    assert many[0].recv(4096).startswith(b"HTTP/1.1 200"), "who is in is served on"
    for one in many:
        one.close()
    assert served(server) < 5
    assert "Raise the limit of open files" in server.log()


def test_E4_the_log_cannot_be_written(tmp_path):
    """A full disk under the log: nothing can be reported there, and everything is served."""
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen([str(BINARY), "--demo", "--verbose", "--unix-socket", "full.sock", "--no-tcp"], stdout=full, stderr=full,
                                   stdin=subprocess.DEVNULL, cwd=tmp_path, env=clean_environment(tmp_path))
    check_over_socket(process, tmp_path / "full.sock")


def test_E4_standard_streams_are_closed(tmp_path):
    """No socket may take the place of the log."""
    close_all = lambda: [os.close(number) for number in (0, 1, 2)]  # noqa: E731
    process = subprocess.Popen([str(BINARY), "--demo", "--verbose", "--unix-socket", "closed.sock", "--no-tcp"], preexec_fn=close_all, cwd=tmp_path, env=clean_environment(tmp_path))
    check_over_socket(process, tmp_path / "closed.sock")


def check_over_socket(process, path):
    try:
        wait_for(path.exists)
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(10)
                wait_for(lambda: connects(client, path))
                body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
                client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                answer = b""
                while piece := client.recv(65536):
                    answer += piece
                assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer[:200]
                assert b"INFO" not in answer and b"DEBUG" not in answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert not path.exists()
    finally:
        process.kill()
        process.wait()


def connects(client, path):
    try:
        client.connect(str(path))
    except (ConnectionRefusedError, FileNotFoundError):
        return False
    return True


def open_stream(server, upstream, wire):
    """A stream that has begun and does not end by itself; the gate lets it."""
    gate = Gate()
    chunks = Reply.of_cassette("f01-plain-text").chunks
    text = b"".join(chunks)
    cut = text.index(b"event: response.output_text.done")
    upstream.script(Reply([text[:cut], gate, text[cut:]]))
    wire.send(STREAM)
    wait_for(lambda: b"data: " in wire.unread or wire._more() and b"data: " in wire.unread)
    return gate


def test_E4_sigterm_lets_streams_end(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login))
    with Wire(server) as wire:
        gate = open_stream(server, fake_upstream, wire)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses(server))
        gate.set()
        assert wire.rest().rstrip(b"\r\n0").endswith(b"data: [DONE]")
    assert server.process.wait(10) == 0


def refuses(server):
    try:
        socket.create_connection((server.host, server.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # waited at the door while it closed: the next one is refused
        pass
    return False


def test_E4_sigterm_ends_streams_with_an_error_after_the_limit(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login), "--drain-timeout", "0.5")
    with Wire(server) as wire:
        gate = open_stream(server, fake_upstream, wire)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        rest = wire.rest()
        assert 0.3 < time.monotonic() - started < 5
        assert b'"error":{' in rest and b"shutting down" in rest
        assert rest.endswith(b"0\r\n\r\n"), "the end of the body is in good order"
        assert fake_upstream.posts()[0].connection_closed.wait(5)
        gate.set()
    assert server.process.wait(10) == 0


def test_E4_sigterm_ends_what_was_not_answered_with_the_same_error(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login), "--drain-timeout", "0.5")
    fake_upstream.answer_with(lambda _: Reply([Gate()], headers=[["content-type", "application/json"]]))
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(call, server, "POST", path, body) for path, body in [
            ("/v1/responses/compact", {"model": "m", "input": "hi"}), ("/v1/images/generations", {"prompt": "a cat"}), ("/v1/responses", {"model": "m", "input": "hi"})]]
        wait_for(lambda: len(fake_upstream.posts()) == len(asked))
        server.process.send_signal(signal.SIGTERM)
        answers = [one.result(30) for one in asked]
    assert [(answer.status, answer.json()["error"]["code"]) for answer in answers] == [(503, "server_shutting_down")] * len(asked)
    assert server.process.wait(10) == 0


def test_E4_second_sigterm_stops_now(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login), "--drain-timeout", "60")
    with Wire(server) as wire:
        gate = open_stream(server, fake_upstream, wire)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: refuses(server))
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(2) == 0
        gate.set()


@without_sanitizers  # both want to be the first library that is loaded
def test_E4_the_clock_jumps(serve, session_upstream, login, fake_upstream, tmp_path):
    """Deadlines do not follow the wall clock. The end of the login does, and comes back with it."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    assert library, "Debian's package libfaketime is missing"
    clock = tmp_path / "clock"
    clock.write_text("+0")
    server = serve(*arguments(session_upstream, login), "--log-format", "json", environment={
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})

    def ask():
        reply = call(server, "POST", "/v1/responses", {"model": "f01-plain-text", "input": "hi"})
        wait_for(lambda: reply.header("x-request-id") in server.log())
        line = next(line for line in server.log().splitlines() if reply.header("x-request-id") in line)
        told = datetime.fromisoformat(json.loads(line)["time"]).timestamp() - time.time()
        return reply.status, round(told / 86400)

    with Wire(server) as wire:
        gate = open_stream(server, fake_upstream, wire)
        seen = []
        for days in (0, -2, 2, 0):
            clock.write_text(f"{days:+}d")
            seen.append(ask())
        assert seen == [(200, 0), (200, -2), (503, 2), (200, 0)]
        gate.set()
        wait_for(lambda: b"data: [DONE]" in wire.unread or wire._more() and b"data: [DONE]" in wire.unread)


def test_E4_sighup_does_not_end_the_server(serve):
    server = serve("--demo")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "Configuration reloaded" in server.log())
    assert served(server) < 2


def test_E4_sigpipe(serve, session_upstream, login, fake_upstream):
    """Writing to clients that are gone must not end the process."""
    server = serve(*arguments(session_upstream, login))
    for _ in range(20):
        with Wire(server) as wire:
            gate = open_stream(server, fake_upstream, wire)
        gate.set()
    server.process.send_signal(signal.SIGPIPE)
    assert served(server) < 2


def test_E4_descriptors_are_closed_on_exec(serve, session_upstream, login, fake_upstream, tmp_path):
    server = serve(*arguments(session_upstream, login), "--unix-socket", tmp_path / "ocx.sock")
    with Wire(server) as wire:
        gate = open_stream(server, fake_upstream, wire)
        folder = Path(f"/proc/{server.process.pid}/fdinfo")
        if not os.access(folder, os.R_OK):
            pytest.skip("the descriptors of a process that is not dumpable are for root to see")
        for info in folder.iterdir():
            if int(info.name) > 2:
                flags = int(next(line for line in info.read_text().splitlines() if line.startswith("flags:")).split()[1], 8)
                assert flags & os.O_CLOEXEC, f"descriptor {info.name}: {os.readlink(f'/proc/{server.process.pid}/fd/{info.name}')}"
        gate.set()


@pytest.fixture
def nobodys_home():
    """A directory that a user without rights can reach, with the program in it."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        shutil.copy(BINARY, home / "ocx")
        home.chmod(0o777)
        yield home


@without_sanitizers
def test_E4_nothing_can_be_dumped(nobodys_home):
    # As root everything in /proc is root's, so the program runs as somebody else then.
    rights = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    server = Server(["--demo"], nobodys_home, executable=nobodys_home / "ocx", **rights)
    try:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
        # What belongs to a process that is not dumpable is root's in /proc, whoever runs it.
        assert Path(f"/proc/{server.process.pid}/mem").stat().st_uid == 0
    finally:
        server.stop()


@without_sanitizers
def test_E4_memory_runs_out_for_one_request_only(serve):
    """With little address space left a large request fails and the next one is served."""
    server = serve("--demo")
    used = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[0]) * resource.getpagesize()
    limit = used + 24 * 1024 * 1024
    resource.prlimit(server.process.pid, resource.RLIMIT_AS, (limit, limit))
    body = b'{"model":"m","messages":[{"role":"user","content":"' + b"x" * (48 * 1024 * 1024) + b'"}]}'
    with Wire(server, timeout=30) as wire:
        wire.send(b"POST /v1/chat/completions HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        try:
            assert wire.reply()[0] == 503
        except AssertionError as ended:
            assert "the connection ended" in str(ended)
    assert served(server) < 5
    assert call(server, "POST", "/v1/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "hi"}]}).status == 200
