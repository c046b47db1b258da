"""The login file under a running server: renewals against a stand-in for the login server, with other processes and crashes in between."""
import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import raw
from harness.issuer import HTML, error, wait_until
from harness.login import Login
from harness.upstream import Reply, Upstream

UNAUTHORIZED = b'{"detail":"Could not validate credentials"}'


class TokenUpstream(Upstream):
    """A backend that knows which tokens are good: those the issuer gave out, and what a test adds."""

    def __init__(self, issuer):
        super().__init__(None)
        self.issuer, self.good, self.bad = issuer, set(), set()

    def _check(self, recorded):
        return []

    def _usual_reply(self, recorded):
        token = (recorded.header("authorization") or "").removeprefix("Bearer ")
        if token in self.bad or token not in self.good | set(self.issuer.issued):
            return Reply([UNAUTHORIZED], 401, [["content-type", "application/json"]], "length")
        return super()._usual_reply(recorded)


@pytest.fixture
def backend(issuer):
    upstream = TokenUpstream(issuer)
    yield upstream
    upstream.stop()


@pytest.fixture
def start(serve, backend, issuer, tmp_path):
    def begin(login, *arguments, environment=(), **popen):
        return serve("--backend-base-url", backend.base_url, "--auth-json", login.path, "--verbose", "--max-concurrent-requests", "0", *arguments,
                     canaries=login.secrets, environment={**issuer.environment, **dict(environment)}, **popen)

    return begin


def made(tmp_path, issuer, backend, expires_in=3600, **changes):
    """A login that the issuer and the backend know."""
    login = Login(tmp_path / "auth.json", expires_in=expires_in, **changes)
    issuer.refresh_tokens.add(login.refresh_token)
    backend.good.add(login.access_token)
    return login


def tokens_in(login):
    return json.loads(login.path.read_text())["tokens"]


def expire(login):
    """The access token of the file ends, as it does in ten days: by rewriting it, since nobody waits."""
    content = json.loads(login.path.read_text())
    other = Login(login.path.with_name("other.json"), expires_in=-60)
    content["tokens"]["access_token"] = other.access_token
    replacement = login.path.with_name("replacement.json")
    replacement.write_text(json.dumps(content, indent=2))
    replacement.chmod(0o600)
    os.rename(replacement, login.path)


def ask(server):
    return raw.responses(server, "f01-plain-text", False)


def test_100_requests_with_an_expired_token_cost_one_refresh(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: ask(server), range(100)))
    assert [a.status for a in answers] == [200] * 100
    assert len(issuer.refreshes()) == 1


def test_4_processes_with_an_expired_token_cost_one_refresh(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    servers = [start(login) for _ in range(4)]
    issuer.before_answer = lambda: time.sleep(0.3)  # long enough for all of them to want one
    expire(login)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: ask(servers[n % 4]), range(40)))
    assert [a.status for a in answers] == [200] * 40
    assert len(issuer.refreshes()) == 1


def test_4_processes_after_a_401_cost_one_refresh(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    servers = [start(login) for _ in range(4)]
    backend.bad.add(login.access_token)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: ask(servers[n % 4]), range(40)))
    assert [a.status for a in answers] == [200] * 40
    assert len(issuer.refreshes()) == 1


def test_a_token_written_by_another_program_is_used_without_a_refresh(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    theirs = Login(login.path)
    backend.good.add(theirs.access_token)
    assert ask(server).status == 200 and not issuer.refreshes()
    assert backend.posts()[-1].header("authorization") == f"Bearer {theirs.access_token}"


def test_a_foreign_writer_during_the_refresh_wins(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    theirs = []

    def write():
        theirs.append(Login(login.path))
        backend.good.add(theirs[0].access_token)

    issuer.before_answer = write
    assert ask(server).status == 200
    assert tokens_in(login)["access_token"] == theirs[0].access_token and tokens_in(login)["refresh_token"] == theirs[0].refresh_token
    assert backend.posts()[-1].header("authorization") == f"Bearer {theirs[0].access_token}"


def test_reused_means_that_somebody_else_was_first(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)

    def lose(_body):
        backend.good.add(Login(login.path).access_token)
        return error(401, "refresh_token_reused")

    issuer.script.append(lose)
    assert ask(server).status == 200 and len(issuer.refreshes()) == 1


@pytest.mark.parametrize("status,code", [(401, "refresh_token_expired"), (401, "refresh_token_reused"), (401, "refresh_token_invalidated"),
                                         (400, "refresh_token_expired"), (401, "anything"), (401, None)])
def test_a_permanent_refusal_is_latched_until_the_file_changes(start, issuer, backend, tmp_path, status, code):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    before = login.path.read_text()
    issuer.script.append(error(status, code))
    answers = [ask(server) for _ in range(5)]
    assert {a.status for a in answers} == {503}
    assert {a.json()["error"]["code"] for a in answers} == {"upstream_auth_error"}
    assert all("Run `ocx login` or `codex login`" in a.json()["error"]["message"] for a in answers)
    assert len(issuer.refreshes()) == 1 and not backend.posts()
    assert login.path.read_text() == before
    made(tmp_path, issuer, backend)
    assert ask(server).status == 200


TRANSIENT = [(400, '{"error":{"message":"Invalid \'refresh_token\': empty string"}}', "application/json"), (429, "{}", "application/json"),
             (500, '{"error":"temporary-failure"}', "application/json"), (503, "", "text/plain"), HTML, (200, "{}", "application/json"),
             (200, "<html>", "text/html")]


@pytest.mark.parametrize("reply", TRANSIENT, ids=lambda r: f"{r[0]}-{r[2].split('/')[1]}-{len(r[1])}")
def test_a_transient_failure_keeps_the_login(start, issuer, backend, tmp_path, reply):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    before = login.path.read_text()
    issuer.script.append(reply)
    answer = ask(server)
    assert answer.status == 503 and "could not be renewed" in answer.json()["error"]["message"]
    assert login.path.read_text() == before
    assert ask(server).status == 503 and len(issuer.refreshes()) == 1, "it is left alone for five seconds"


def test_after_a_transient_failure_the_renewal_is_tried_again(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    issuer.script.append((500, '{"error":"temporary-failure"}', "application/json"))
    assert ask(server).status == 503
    wait_until(lambda: ask(server).status == 200, 15)
    assert len(issuer.refreshes()) == 2


@pytest.mark.parametrize("reply", [*TRANSIENT, error(401, "refresh_token_expired")], ids=lambda r: f"{r[0]}-{r[2].split('/')[1]}-{len(r[1])}")
def test_a_token_that_is_still_good_survives_its_failed_renewal(start, issuer, backend, tmp_path, reply):
    issuer.script.append(reply)
    login = made(tmp_path, issuer, backend, expires_in=120)
    server = start(login)
    assert [ask(server).status for _ in range(3)] == [200] * 3
    assert len(issuer.refreshes()) == 1


def test_a_login_server_that_is_not_there(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login, environment={"CODEX_REFRESH_TOKEN_URL_OVERRIDE": "http://127.0.0.1:1/oauth/token"})
    expire(login)
    answer = ask(server)
    assert answer.status == 503 and "cannot be asked" in answer.json()["error"]["message"]


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_no_refresh_asks_nobody(start, issuer, backend, tmp_path, how):
    login = made(tmp_path, issuer, backend)
    server = start(login, *(["--no-refresh"] if how == "flag" else []), environment={} if how == "flag" else {"OPENAI_VIA_CODEX_REFRESH": "false"})
    backend.bad.add(login.access_token)
    answer = ask(server)
    assert answer.status == 503 and "told not to renew" in answer.json()["error"]["message"]
    expire(login)
    assert ask(server).status == 503
    assert not issuer.requests and not login.path.with_name("auth.json.lock").exists()
    made(tmp_path, issuer, backend)
    assert ask(server).status == 200


def test_what_is_not_ours_stays(start, issuer, backend, tmp_path):
    """Unknown members, order, layout, mode and the link."""
    real = tmp_path / "real"
    real.mkdir()
    login = made(real, issuer, backend, zeta={"a": [1.0, 1e3]}, OPENAI_API_KEY="sk-unused")
    login.path.chmod(0o640)
    (tmp_path / "auth.json").symlink_to(login.path)
    shared = Login.__new__(Login)
    shared.path, shared.access_token, shared.refresh_token = tmp_path / "auth.json", login.access_token, login.refresh_token
    server = start(shared)
    assert raw.call(server, "GET", "/v1/models").status == 200  # as above
    backend.bad.add(login.access_token)
    before = json.loads(login.path.read_text())
    assert ask(server).status == 200
    after = json.loads(login.path.read_text())
    assert shared.path.is_symlink() and login.path.stat().st_mode & 0o7777 == 0o640
    assert list(after) == list(before) and list(after["tokens"]) == list(before["tokens"])
    assert after["zeta"] == before["zeta"] and after["tokens"]["account_id"] == before["tokens"]["account_id"]
    assert after["tokens"]["refresh_token"] != before["tokens"]["refresh_token"] and after["last_refresh"] > before["last_refresh"]
    assert sorted(p.name for p in real.iterdir()) == ["auth.json", "auth.json.lock"]


def test_kill_between_refresh_and_write_leaves_the_old_file_whole(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    expire(login)
    before = login.path.read_bytes()
    issuer.before_answer = lambda: issuer.release.wait(30)
    asking = threading.Thread(target=lambda: pytest.raises(OSError, ask, server), daemon=True)
    asking.start()
    wait_until(issuer.refreshes)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.stop = lambda: None  # it did not end in good order, and was not meant to
    issuer.release.set()
    assert login.path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "tmp" in p.name] == []
    issuer.before_answer = None
    wait_until(lambda: login.refresh_token not in issuer.refresh_tokens)
    issuer.refresh_tokens.add(login.refresh_token)  # spent for nothing in truth; here only the lock matters
    assert ask(start(login)).status == 200, "the lock of the dead process is still held"


def test_a_read_only_directory_costs_no_refresh_token(start, issuer, backend, tmp_path):
    if os.geteuid() == 0:
        folder = tmp_path / "locked"  # root may write anywhere: a directory in the place of the lock does as well
        folder.mkdir()
        login = made(folder, issuer, backend)
        (folder / "auth.json.lock").mkdir()
    else:
        folder = tmp_path / "locked"
        folder.mkdir()
        login = made(folder, issuer, backend)
        folder.chmod(0o500)
    server = start(login)
    assert raw.call(server, "GET", "/v1/models").status == 200  # the catalogue that is asked for at start has come
    backend.bad.add(login.access_token)
    answer = ask(server)
    assert answer.status == 503 and "lock" in answer.json()["error"]["message"]
    assert not issuer.refreshes()
    folder.chmod(0o700)


def test_a_half_written_file_is_read_again(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    whole = login.path.read_text()
    stop = threading.Event()

    def rewrite():
        while not stop.is_set():
            for text in (whole[:50], whole):
                login.path.write_text(text)
                time.sleep(0.005)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        assert {ask(server).status for _ in range(40)} == {200}
    finally:
        stop.set()
        writer.join()
    assert not issuer.refreshes()


@pytest.mark.parametrize("place", ["variable", "file"])
def test_a_personal_access_token(start, issuer, backend, tmp_path, place):
    token = "at-" + "c" * 40
    backend.good.add(token)
    login = Login(tmp_path / "auth.json")
    if place == "file":
        login.path.write_text(json.dumps({"auth_mode": "personalAccessToken", "personal_access_token": token}))
    server = start(login, environment={"CODEX_ACCESS_TOKEN": token, "CODEX_AUTHAPI_BASE_URL": issuer.url + "/api/accounts"}
                   if place == "variable" else {})
    assert ask(server).status == 200 and ask(server).status == 200
    assert [path for path, _ in issuer.requests] == ["/api/accounts/v1/user-auth-credential/whoami"]
    assert backend.posts()[-1].header("chatgpt-account-id") == "7c1f0d3e-0000-4000-8000-0123456789ab"
    assert "account_id_present=True" in server.log() and token not in server.log()
    backend.bad.add(token)
    answer = ask(server)
    assert answer.status == 503 and "personal access token" in answer.json()["error"]["message"] and not issuer.refreshes()


def test_a_personal_access_token_that_the_login_server_refuses(issuer, tmp_path):
    from harness import process
    issuer.whoami_reply = error(401, "invalid_token")
    done = process.run(["serve", "--port", "0"], tmp_path, environment={**issuer.environment, "CODEX_ACCESS_TOKEN": "at-dead"})
    assert done.returncode == 1 and "CODEX_ACCESS_TOKEN was refused" in done.stderr and "at-dead" not in done.stdout + done.stderr


def test_no_token_in_log_command_line_or_file_names(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    for failure in (error(401, "refresh_token_expired"), HTML, (500, "{}", "application/json"), None):
        made(tmp_path, issuer, backend)
        expire(login)
        if failure:
            issuer.script.append(failure)
        ask(server)
    process = f"/proc/{server.process.pid}"
    shown = server.log() + open(process + "/cmdline").read() + " ".join(p.name for p in tmp_path.iterdir())
    for token in [*issuer.issued, *issuer.refresh_tokens, login.access_token, login.refresh_token]:
        assert token not in shown and token.rsplit(".", 1)[-1] not in shown


def test_the_way_to_the_login_server_leads_through_the_proxy(start, issuer, backend, tmp_path):
    """compatibility 94. The proxy refuses: what counts is that it was asked, and for whom."""
    asked = []
    with socket.socket() as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.listen()

        def refuse():
            connection, _ = proxy.accept()
            with connection:
                asked.append(connection.recv(4096).split(b"\r\n")[0])
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        login = made(tmp_path, issuer, backend, expires_in=120)  # still good: the server starts all the same
        server = start(login, environment={"CODEX_REFRESH_TOKEN_URL_OVERRIDE": "https://login.example.invalid/oauth/token",
                                           "HTTPS_PROXY": f"http://127.0.0.1:{proxy.getsockname()[1]}"})
        assert ask(server).status == 200
    assert asked == [b"CONNECT login.example.invalid:443 HTTP/1.1"]
