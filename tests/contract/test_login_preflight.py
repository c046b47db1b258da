"""An unusable login ends `ocx serve` with status 1 and a sentence of its own, before any port is bound."""
import socket

import pytest

from harness import process
from harness.login import Login
from harness.process import NOWHERE

pytestmark = pytest.mark.usefixtures("tmp_path")


def missing(path):
    pass


def not_json(path):
    path.write_text("{ this is no JSON")


def api_key_mode(path):
    path.write_text('{"auth_mode":"apikey","OPENAI_API_KEY":"sk-canary-000000000000000000","tokens":null}')


def no_tokens(path):
    path.write_text('{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":null,"last_refresh":"2026-11-20T08:15:30Z"}')


def expired(path):
    Login(path, expires_in=-3600, refresh=False)


CASES = [missing, not_json, api_key_mode, no_tokens, expired]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refuse(make, tmp_path):
    path = tmp_path / "auth.json"
    make(path)
    with socket.socket() as taken:
        # A port that is in use: a server that bound first would complain about the port, not about the login.
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = process.run(["serve", "--port", taken.getsockname()[1], "--auth-json", path], tmp_path)
    return path, done


@pytest.mark.parametrize("make", CASES, ids=lambda f: f.__name__)
def test_status_1_and_a_sentence(make, tmp_path):
    path, done = refuse(make, tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert done.stderr.strip(), "nothing was said"
    assert "http://127.0.0.1" not in done.stdout and "in use" not in said.lower(), "the port was tried"
    assert "canary" not in said and (not path.exists() or "eyJ" not in said)


def test_every_case_has_its_own_sentence(tmp_path):
    said = {}
    for make in CASES:
        folder = tmp_path / make.__name__
        folder.mkdir()
        path, done = refuse(make, folder)
        said[make.__name__] = done.stderr.replace(str(path), "PATH").strip()
    assert len(set(said.values())) == len(CASES), said


def test_the_default_place_is_codex_home(tmp_path):
    done = process.run(["serve", "--port", free_port()], tmp_path)
    assert done.returncode == 1 and str(tmp_path / ".codex" / "auth.json") in done.stderr


def test_an_expired_login_with_a_refresh_token_is_renewed_first(serve, tmp_path, issuer):
    login = Login(tmp_path / "auth.json", expires_in=-3600, refresh=True)
    issuer.refresh_tokens.add(login.refresh_token)
    serve("--backend-base-url", NOWHERE, "--auth-json", login.path, canaries=login.secrets, environment=issuer.environment)
    assert len(issuer.refreshes()) == 1 and issuer.issued[0] in login.path.read_text()


def test_an_expired_login_that_cannot_be_renewed_ends_the_start(tmp_path, issuer):
    login = Login(tmp_path / "auth.json", expires_in=-3600, refresh=True)  # the issuer does not know its token
    done = process.run(["serve", "--port", free_port(), "--auth-json", login.path], tmp_path, environment=issuer.environment)
    assert done.returncode == 1 and "can no longer be renewed" in done.stderr and "Run `ocx login` or `codex login`" in done.stderr
    assert login.refresh_token not in done.stdout + done.stderr
