"""The login file that we write, read by the real Codex CLI."""
import os
import subprocess

import pytest

from harness.login import Login
from harness.login_command import file_of, visit
from harness.process import NOWHERE, REPO, clean_environment

CODEX_VERSION = "0.169.0"


@pytest.fixture(scope="session")
def codex():
    """The Codex CLI that `tools/test --codex` installs: it is big, so it is not there by itself."""
    found = sorted((REPO / "build" / "codex").glob("node_modules/@openai/codex*/vendor/*/*/codex"))
    if not found:
        assert os.environ.get("OCX_TEST_CODEX_CLI") != "1", "tools/test --codex was to install the Codex CLI into build/codex"
        pytest.skip("the real Codex CLI is not installed: tools/test --codex does that")
    version = subprocess.run([str(found[0]), "--version"], capture_output=True, text=True, timeout=60).stdout
    assert CODEX_VERSION in version, version
    return found[0]


def codex_status(codex, home, issuer):
    env = {**clean_environment(home), **issuer.environment, "RUST_LOG": "off"}
    done = subprocess.run([str(codex), "login", "status"], env=env, cwd=home, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def test_the_codex_cli_accepts_the_file_of_a_login(codex, login_command, issuer, tmp_path):
    assert codex_status(codex, tmp_path, issuer)[0] == 1, "it must be able to say no"
    command = login_command("--no-browser")
    visit(*issuer.authorize(command.url()))
    assert command.end() == 0
    before = file_of(tmp_path).read_bytes()
    status, said = codex_status(codex, tmp_path, issuer)
    assert status == 0 and "Logged in using ChatGPT" in said, said
    assert file_of(tmp_path).read_bytes() == before


def test_the_codex_cli_accepts_a_renewed_file(codex, serve, issuer, tmp_path):
    (tmp_path / ".codex").mkdir()
    old = Login(file_of(tmp_path), expires_in=-3600)
    issuer.refresh_tokens.add(old.refresh_token)
    serve("--backend-base-url", NOWHERE, "--auth-json", old.path, canaries=old.secrets, environment=issuer.environment)
    assert len(issuer.refreshes()) == 1
    status, said = codex_status(codex, tmp_path, issuer)
    assert status == 0 and "Logged in using ChatGPT" in said, said
