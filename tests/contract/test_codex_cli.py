"""The real Codex CLI: it reads the login file that we write, and it is our client."""
import json
import os
import subprocess

import pytest

from harness.backend import completed, created, function_call, message, reply
from harness.cases import CASSETTES, FIXTURES, cassette
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


# What follows is the CLI as our client.
PROMPT = "Run the command, then say that all is good."
PROVIDER = """
model = "gpt-5.5"
model_provider = "ocx"
[model_providers.ocx]
name = "ocx"
base_url = "{url}"
wire_api = "responses"
env_key = "OCX_KEY"
"""
BUILT_IN = """
model = "gpt-5.5"
openai_base_url = "{url}/backend-api/codex"
chatgpt_base_url = "{url}/backend-api/"
"""


def codex_exec(codex, home, config, **environment):
    """`codex exec`, allowed to run the one command that the stand-in asks for; what it printed."""
    (home / ".codex").mkdir(exist_ok=True)
    (home / ".codex" / "config.toml").write_text(config)
    (home / "workspace").mkdir()
    command = [str(codex), "exec", "--skip-git-repo-check", "--sandbox", "danger-full-access", PROMPT]
    done = subprocess.run(command, env={**clean_environment(home), **environment}, cwd=home / "workspace", capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def coder(recorded):
    """First a command for the CLI to run, then, with its output, an answer."""
    if "function_call_output" in [item["type"] for item in recorded.body["input"]]:
        return reply(created(), message(0, ["All ", "good."]), completed())
    return reply(created(), function_call(0, "call_1", "exec_command", ['{"cmd":"echo round-', '$((40+2))"}']), completed())


def check_round_trip(done, fake_upstream):
    """The model's call was run by the CLI, its output came back, and the answer was shown."""
    assert done.stdout.strip().endswith("All good.") and "round-42" in done.stderr
    first, second = fake_upstream.posts()
    assert {"exec_command", "apply_patch"} <= {tool.get("name") for tool in first.body["tools"]} and first.body["model"] == "gpt-5.5"
    call, output = second.body["input"][-2:]
    assert call == {"type": "function_call", "call_id": "call_1", "name": "exec_command", "arguments": '{"cmd":"echo round-$((40+2))"}'}
    assert output["type"] == "function_call_output" and "round-42" in output["output"]
    assert second.body["input"][:-2] == first.body["input"] and second.body["tools"] == first.body["tools"]
    assert first.header("session-id") == second.header("session-id"), "one conversation upstream"


def test_codex_exec_with_an_own_provider(codex, serve, fake_upstream, login, tmp_path):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--api-key", "right", "--verbose", canaries=login.secrets)
    fake_upstream.answer_with(coder)
    done = codex_exec(codex, tmp_path, PROVIDER.format(url=server.base_url), OCX_KEY="right")
    check_round_trip(done, fake_upstream)
    assert "came compressed" not in server.log()


def test_codex_exec_with_an_own_provider_and_websockets_to_try(codex, serve, fake_upstream, login, tmp_path):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--codex-routes", canaries=login.secrets)
    fake_upstream.answer_with(coder)
    done = codex_exec(codex, tmp_path, PROVIDER.format(url=server.root_url) + "supports_websockets = true\n", OCX_KEY="any")
    check_round_trip(done, fake_upstream)
    assert server.log().count('"GET /responses" 426') == 1, "it tries once and goes on"
    assert "Reconnecting" not in done.stderr


def test_codex_exec_with_a_chatgpt_login(codex, serve, fake_upstream, login, authority, tmp_path):
    """The built-in provider: https, zstd, WebSocket first, the catalogue, the account; with a login of the CLI's own."""
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--codex-routes", "--verbose", "--tls-cert", authority / "host.pem",
                   "--tls-key", authority / "host.key", canaries=login.secrets)
    fake_upstream.answer_with(coder)
    (tmp_path / ".codex").mkdir()
    Login(file_of(tmp_path))
    url = f"https://localhost:{server.port}"
    done = codex_exec(codex, tmp_path, BUILT_IN.format(url=url), CODEX_CA_CERTIFICATE=str(authority / "ca.pem"))
    check_round_trip(done, fake_upstream)
    log = server.log()
    assert log.count("A body came compressed (zstd)") == 2
    assert log.count('"GET /backend-api/codex/responses" 426') == 1 and '"GET /backend-api/wham/accounts/check" 200' in log
    cache = json.loads((tmp_path / ".codex" / "models_cache.json").read_text())
    head, frames, _ = cassette(CASSETTES / "f27-models.jsonl")
    assert cache["etag"] == dict(head["headers"])["etag"]
    assert [m["slug"] for m in cache["models"]] == [m["slug"] for m in json.loads(b"".join(frames))["models"]]


def test_codex_exec_takes_the_built_in_catalogue(codex, serve, authority, tmp_path):
    """The list for when the backend cannot be asked has all that the CLI insists on."""
    server = serve("--replay", FIXTURES / "catalogue" / "f27f-refused.jsonl", "--codex-routes", "--tls-cert", authority / "host.pem", "--tls-key", authority / "host.key")
    (tmp_path / ".codex").mkdir()
    Login(file_of(tmp_path))
    (tmp_path / ".codex" / "config.toml").write_text(BUILT_IN.format(url=f"https://localhost:{server.port}"))
    env = {**clean_environment(tmp_path), "CODEX_CA_CERTIFICATE": str(authority / "ca.pem")}
    subprocess.run([str(codex), "exec", "--skip-git-repo-check", "hi"], env=env, cwd=tmp_path, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    cache = json.loads((tmp_path / ".codex" / "models_cache.json").read_text())
    assert "gpt-5.6-luna" in [m["slug"] for m in cache["models"]]


def test_codex_exec_in_replay(codex, demo_server, tmp_path):
    """The bundled recordings: a call of one of the CLI's tools, then an answer."""
    done = codex_exec(codex, tmp_path, PROVIDER.format(url=demo_server.base_url), OCX_KEY="any")
    assert "exec" in done.stderr and done.stdout.strip()
    assert demo_server.log().count('"POST /v1/responses" 200 model="gpt-5.5" stream') == 2
