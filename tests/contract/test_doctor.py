"""`ocx doctor` against the backend's stand-in, and without any network."""
import json
import socket
import time

import pytest

from harness.upstream import Upstream


def findings(home, options, **environment):
    done = home.shell("ocx doctor --json " + ("" if "--port" in options else "--port 0 ") + options, **environment)
    for secret in home.login.secrets:
        assert secret not in done.stdout + done.stderr
    found = {}
    for entry in json.loads(done.stdout)["checks"]:
        found.setdefault(entry["check"], []).append(entry)
    return done.returncode, found


@pytest.fixture
def backend(home):
    upstream = Upstream(home.login)
    yield upstream
    upstream.stop()


def test_everything_is_fine(home, backend):
    status, found = findings(home, f"--backend-base-url {backend.base_url}")
    results = {check: entries[0]["result"] for check, entries in found.items()}
    assert status == 0
    assert results["login"] == results["network"] == results["tls"] == results["catalogue"] == results["proxy"] == results["port"] == "ok"
    assert "and can be renewed" in found["login"][0]["text"]
    assert results["usage"] == "warn" and "answered with 404" in found["usage"][0]["text"]


def test_offline_the_answers_are_clear_and_quick(home):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        began = time.monotonic()
        status, found = findings(home, f"--backend-base-url http://127.0.0.1:{nobody.getsockname()[1]}/backend-api/codex")
    assert time.monotonic() - began < 12
    assert status == 1
    assert found["network"][0]["result"] == "fail" and "HTTPS_PROXY" in found["network"][0]["advice"]
    assert found["clock"][0]["result"] == "warn" and found["login"][0]["result"] == "ok" and found["port"][0]["result"] == "ok"


def test_a_backend_that_says_nothing_is_given_up(home):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        status, found = findings(home, f"--backend-base-url http://127.0.0.1:{silent.getsockname()[1]}/backend-api/codex")
    assert 4 < time.monotonic() - began < 12
    assert status == 1 and found["catalogue"][0]["result"] == "fail"


def test_a_missing_login_a_proxy_and_a_port_in_use_are_found(home, backend):
    (home.path / ".codex" / "auth.json").unlink()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = home.shell(f"ocx doctor --backend-base-url {backend.base_url} --port {taken.getsockname()[1]}",
                          HTTP_PROXY="http://user:canary@proxy.test:1")
    assert text.returncode == 1 and "canary" not in text.stdout
    lines = text.stdout.splitlines()
    assert any(line.startswith("fail  login: ") for line in lines) and "      -> Run `ocx login` or `codex login`." in lines
    assert any(line.startswith("warn  proxy: HTTP_PROXY is set") for line in lines)
    assert any(line.startswith("fail  port: Could not listen on") for line in lines)


@pytest.mark.parametrize("renewable", [True, False])
def test_an_ended_token_that_the_server_renews_is_no_fault(home, backend, renewable):
    home.log_in(expires_in=-60, refresh=renewable)
    status, found = findings(home, f"--backend-base-url {backend.base_url}")
    assert status == (0 if renewable else 1)
    assert (found["login"][0]["result"], found["catalogue"][0]["result"]) == (("ok", "ok") if renewable else ("fail", "warn"))
    assert not renewable or "renews" in found["catalogue"][0]["text"]


def test_a_token_in_the_environment_goes_before_the_file(home, backend):
    (home.path / ".codex" / "auth.json").unlink()
    token = "at-" + "a1" * 20
    status, found = findings(home, f"--backend-base-url {backend.base_url}", CODEX_ACCESS_TOKEN=token)
    assert status == 0 and found["login"][0]["text"].startswith("CODEX_ACCESS_TOKEN can be used")
    assert token not in json.dumps(found)


def test_a_server_without_a_pid_file_is_recognised(home, backend, serve):
    server = serve("--demo")
    status, found = findings(home, f"--backend-base-url {backend.base_url} --port {server.port}")
    assert status == 0 and "is served by an ocx that was not started by `ocx start`" in found["port"][0]["text"]


def test_every_address_is_looked_at_and_nothing_is_left_behind(home, backend):
    (home.path / "keys").write_text("nonsense\n")
    (home.path / "keys").chmod(0o600)
    status, found = findings(home, f"--backend-base-url {backend.base_url} --no-tcp --unix-socket {home.path}/s --api-keys-file {home.path}/keys")
    assert status == 1 and "port" not in found
    assert found["socket"][0] == {"check": "socket", "result": "ok", "text": f"{home.path}/s is free.", "advice": None}
    assert found["keys"][0]["result"] == "fail" and f"{home.path}/keys" in found["keys"][0]["text"]
    assert not (home.path / "s").exists()


def test_a_certificate_that_cannot_be_used_is_found_before_the_start(home, backend):
    status, found = findings(home, f"--backend-base-url {backend.base_url} --tls-cert {home.path}/none.pem --tls-key {home.path}/none.pem --tls-port 1")
    assert status == 1 and found["certificate"][0]["result"] == "fail" and "none.pem" in found["certificate"][0]["text"]
    assert found["port"][0]["result"] == "ok" and len(found["tls-port"]) == 1
