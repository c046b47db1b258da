"""Ways in and ways out: keys from a file, the Unix socket, TLS, readiness, metrics, and options that cannot be."""
import hashlib
import json
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from harness.process import NOWHERE, run
from harness.raw import call
from harness.upstream import Gate, Reply
from test_http_abuse import HOST, Wire, get

CHAT = json.dumps({"model": "gpt-5.5", "messages": [{"role": "user", "content": "canary-question"}], "stream": True}).encode()


def arguments(upstream, login):
    return ["--backend-base-url", upstream.base_url, "--auth-json", login.path]


def wait_for(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.01)


def key_line(name, key):
    return f"{name}:{hashlib.sha256(key.encode()).hexdigest()}\n"


def test_keys_of_a_file_by_name_and_read_again_on_sighup(serve, session_upstream, login, fake_upstream, tmp_path):
    keys = tmp_path / "keys"
    laptop, phone = "sk-laptop-canary-0123", "sk-phone-canary-4567"
    keys.write_text("# mine\n" + key_line("laptop", laptop))
    server = serve(*arguments(session_upstream, login), "--api-keys-file", keys, "--metrics", "--verbose", canaries=[laptop, phone])

    def status(key, path="/v1/models"):
        return call(server, "GET", path, headers={"Authorization": f"Bearer {key}"}).status

    assert (status(laptop), status(phone)) == (200, 401)
    keys.write_text(key_line("phone", phone))
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "were read again" in server.log())
    assert (status(laptop), status(phone)) == (401, 200)
    keys.write_text("phone: not a hash " + phone)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "everything stays as it was" in server.log())
    assert status(phone) == 200
    assert status("nothing", "/metrics") == 401
    page = call(server, "GET", "/metrics", headers={"Authorization": f"Bearer {phone}"}).body.decode()
    assert 'ocx_http_requests_by_key_total{key="phone"}' in page and 'key="laptop"} 1' in page
    assert hashlib.sha256(phone.encode()).hexdigest() not in page + server.log()


def test_the_unix_socket_is_the_only_way_in_when_asked_for(serve, tmp_path):
    path = tmp_path / "ocx.sock"
    server = serve("--demo", "--no-tcp", "--unix-socket", path)
    assert path.is_socket() and path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(path))
        client.sendall(get(b"/healthz"))
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
    server.stop()
    assert not path.exists()


def make_certificate(folder, name):
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=ocx", "-addext",
               f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_tls_with_an_own_certificate(serve, tmp_path):
    certificate, key = make_certificate(tmp_path, "localhost")
    server = serve("--demo", "--tls-cert", certificate, "--tls-key", key)
    context = ssl.create_default_context(cafile=str(certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])

    def connect(using=context, name="localhost"):
        return using.wrap_socket(socket.create_connection((server.host, server.port), timeout=10), server_hostname=name)

    with connect() as wire:
        assert (wire.version(), wire.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
        wire.sendall(b"POST /v1/chat/completions HTTP/1.0\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(CHAT) + CHAT)
        answer = b""
        while piece := wire.recv(65536):  # raises when the end comes without close_notify
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"data: [DONE]\n\n")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connect(old)
    with socket.create_connection((server.host, server.port), timeout=10) as plain:
        plain.sendall(get(b"/v1/models"))
        assert b"HTTP/1.1 200" not in plain.recv(4096)
    make_certificate(tmp_path, "next.example")
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "were read again" in server.log())
    fresh = ssl.create_default_context(cafile=str(certificate))
    with connect(fresh, "next.example") as wire:
        assert wire.version() == "TLSv1.3"


def test_readiness_tells_a_usable_login_from_one_that_is_gone(serve, tmp_path):
    from harness.login import Login
    own = Login(tmp_path / "auth.json")
    # Nobody listens there: the shared upstream knows one login, and the catalogue is asked for at start with this one.
    server = serve("--backend-base-url", NOWHERE, "--auth-json", own.path, canaries=own.secrets,
                   environment={"OPENAI_VIA_CODEX_API_KEY": "sk-0123456789abc"})
    ready = call(server, "GET", "/readyz", headers={"Authorization": ""})
    assert (ready.status, ready.json()) == (200, {"status": "ready"})
    own.path.unlink()
    gone = call(server, "GET", "/readyz", headers={"Authorization": ""})
    assert gone.status == 503 and gone.json()["error"]["code"] == "upstream_auth_error"
    assert call(server, "GET", "/healthz", headers={"Authorization": ""}).status == 200


def test_metrics_are_off_by_default_and_hold_no_words_of_users(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login))
    assert call(server, "GET", "/metrics").status == 404
    server = serve(*arguments(session_upstream, login), "--metrics")
    call(server, "POST", "/v1/chat/completions", {"model": "canary-model", "messages": [{"role": "user", "content": "canary-question"}]})
    call(server, "GET", "/v1/canary-path?canary=query")
    reply = call(server, "GET", "/metrics")
    assert reply.header("content-type").startswith("text/plain; version=0.0.4")
    page = reply.body.decode()
    assert "canary" not in page and login.access_token not in page
    for line in page.splitlines():
        assert line.startswith("# ") or re.fullmatch(r'ocx_[a-z_]+(\{[a-z_]+="[A-Za-z0-9_.-]+"(,[a-z_]+="[A-Za-z0-9_.-]+")*\})? [0-9.e+-]+', line), line
    assert 'ocx_http_requests_total{route="other",status="404"} 1' in page


def test_the_queue_is_bounded(serve, session_upstream, login, fake_upstream):
    server = serve(*arguments(session_upstream, login), "--max-concurrent-requests", "1", "--max-queued-requests", "1", "--verbose", "--metrics")
    first, second = Gate(), Gate()
    whole = Reply.of_cassette("f01-plain-text")
    for gate in (first, second):
        fake_upstream.script(Reply([gate, *whole.chunks], whole.status, whole.headers))
    body = b"POST /v1/chat/completions HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(CHAT) + CHAT
    with Wire(server) as a, Wire(server) as b:
        a.send(body)
        wait_for(lambda: len(fake_upstream.posts()) == 1)
        b.send(body)
        wait_for(lambda: "ocx_queue_length 1\n" in call(server, "GET", "/metrics").body.decode())
        refused = call(server, "POST", "/v1/chat/completions", json.loads(CHAT))
        assert refused.status == 429
        assert refused.json()["error"]["type"] == "rate_limit_exceeded" and refused.json()["error"]["code"] == "rate_limit_exceeded"
        assert (refused.header("retry-after"), refused.header("x-should-retry")) == ("1", "true")
        assert len(fake_upstream.posts()) == 1
        first.set()
        wait_for(lambda: len(fake_upstream.posts()) == 2)
        second.set()
        wait_for(lambda: "queued_ms=" in server.log())


@pytest.mark.parametrize("wrong, words", [
    (["--cors-origin", "*"], "without *"), (["--cors-origin", "https://app.example/"], "without a path"),
    (["--no-tcp"], "--unix-socket"), (["--tls-cert", "x.pem"], "belong together"), (["--tls-port", "1"], "--tls-cert"),
    (["--api-keys-file", "/nonexistent/keys"], "cannot be read"), (["--max-queued-requests", "-1"], "between"),
    (["--max-header-bytes", "100"], "between"), (["--drain-timeout", "never"], "must be a number")])
def test_options_that_cannot_be(tmp_path, wrong, words):
    done = run(["--demo", "--port", "0", *wrong], tmp_path)
    assert done.returncode in (1, 2)
    assert words in done.stderr


def reloaded(server, config, text):
    known = server.log().count("Configuration reloaded")
    config.write_text(text)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.log().count("Configuration reloaded") > known)


def test_a_reload_that_lets_everybody_in_is_said_aloud(serve, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[server]\nhost = "0.0.0.0"\napi_key = "sk-0123456789abc"\n')
    server = serve("--demo", "--config", config)
    assert "NO API KEY IS SET" not in server.log()
    reloaded(server, config, '[server]\nhost = "0.0.0.0"\nallow_unauthenticated_remote = true\n')
    assert "NO API KEY IS SET, and everybody is let in" in server.log()


def test_a_longer_timeout_counts_after_a_reload(serve, session_upstream, login, fake_upstream, tmp_path):
    """Also below the gateway, where the connection to the backend has a limit of its own (five seconds more, once)."""
    config = tmp_path / "config.toml"
    config.write_text("[server]\ntimeout = 0.2\n")
    server = serve(*arguments(session_upstream, login), "--config", config)
    reloaded(server, config, "[server]\ntimeout = 60.0\n")
    gate = Gate()
    fake_upstream.script(Reply([gate, *Reply.of_cassette("f01-plain-text").chunks]))
    threading.Timer(6, gate.set).start()
    assert call(server, "POST", "/v1/chat/completions", json.loads(CHAT)).status == 200
    assert len(fake_upstream.posts()) == 1
