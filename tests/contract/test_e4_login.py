"""Faults of the system around the login: a file system that is read-only, signals that come early."""
import os
import signal

from harness import mounts, raw
from harness.commands import children, command_line
from test_e4_system import without_sanitizers
from test_login_renewal import ask, backend, made, start  # noqa: F401


@without_sanitizers
def test_E4_a_read_only_file_system_costs_no_refresh_token(start, issuer, backend, tmp_path):
    """The server sees its login on a file system that is read-only for it alone, and serves on for as long as the token does."""
    folder = tmp_path / "locked"
    folder.mkdir()
    login = made(folder, issuer, backend)
    server = start(login, preexec_fn=mounts.read_only_copy(folder))
    assert raw.call(server, "GET", "/v1/models").status == 200  # the catalogue that is asked for at start has come
    assert ask(server).status == 200
    backend.bad.add(login.access_token)
    answer = ask(server)
    assert answer.status == 503 and "Read-only file system" in answer.json()["error"]["message"]
    assert not issuer.refreshes()
    backend.bad.clear()
    assert ask(server).status == 200


def test_a_log_rotated_before_the_server_listens_does_not_end_it(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend, expires_in=-60)

    def rotate():
        ours = [pid for pid in children(os.getpid()) if str(login.path) in command_line(pid)]
        assert len(ours) == 1
        os.kill(ours[0], signal.SIGUSR1)

    issuer.before_answer = rotate
    assert ask(start(login)).status == 200
    assert len(issuer.refreshes()) == 1
