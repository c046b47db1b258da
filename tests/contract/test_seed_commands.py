"""Every command block of the original's documentation, as it stands there, with our names in front instead of `uvx`: the compatibility promise.
Default ports are the promise, too, so every block runs on the documented port; a free one takes its place where the port is not what the
block is about, because other tests run at the same time."""
import json
import re
import signal
import urllib.error
import urllib.request

import pytest

from harness.commands import LONG_NAME, command_line, free_port, is_running, until
from harness.process import REPO

NAMES = ["ocx", LONG_NAME]
START = """Codex auth preflight OK: {home}/.codex/auth.json (account_id_present=True)
Started openai-api-server-via-codex on {host}:{port}
PID: {pid}
PID file: {home}/.config/openai-api-server-via-codex/run/server-{host}-{port}.pid
Log file: {home}/.config/openai-api-server-via-codex/run/server-{host}-{port}.log
"""


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def foreground(home):
    """Runs a block in the foreground until it listens; the documented line is awaited."""
    started = []

    def run(command, port, **environment):
        environment.setdefault("OPENAI_VIA_CODEX_PORT", str(port))
        process = home.popen(command, **environment)
        started.append(process)
        until(lambda: f":{port} (Press CTRL+C to quit)" in home.foreground_log() or process.poll() is not None,
              why="the server never listened: " + home.foreground_log())
        assert process.poll() is None, home.foreground_log()
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


def status_of(port, key=None, path="/v1/models"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


# `$ uvx openai-api-server-via-codex`
def test_serve_prints_the_documented_lines(name, home, foreground):
    port = free_port()
    foreground(name, port)
    lines = home.foreground_log().splitlines()
    assert lines[0] == f"Codex auth preflight OK: {home.path}/.codex/auth.json (account_id_present=True)"
    assert lines[1] == f"INFO:     Uvicorn running on http://127.0.0.1:{port} (Press CTRL+C to quit)"


def test_the_documented_defaults(name, home):
    shown = json.loads(home.shell(f"{name} config show --json").stdout)
    values = {entry["name"]: entry["value"] for entry in shown["settings"]}
    assert shown["config_file"] == f"{home.path}/.config/openai-api-server-via-codex/config.toml"
    documented = {"server.host": "127.0.0.1", "server.port": "18080", "server.default_model": "gpt-5.5", "server.timeout": "300",
                  "server.verbose": "false", "server.max_stored_items": "1000", "server.max_concurrent_requests": "10",
                  "server.api_key": "(not set)", "codex.auth_json": f"{home.path}/.codex/auth.json",
                  "codex.backend_base_url": "https://chatgpt.com/backend-api/codex", "codex.client_version": "1.0.0",
                  "daemon.state_dir": f"{home.path}/.config/openai-api-server-via-codex/run", "daemon.stop_timeout": "10"}
    assert {key: values[key] for key in documented} == documented


# `$ uvx openai-api-server-via-codex start`, `status`, `stop`
def test_start_status_stop(name, home):
    port = free_port()
    env = {"OPENAI_VIA_CODEX_PORT": str(port)}
    started = home.shell(f"{name} start", **env)
    pid = started.stdout.split("PID: ")[1].split()[0]
    expected = START.replace("{home}", str(home.path)).replace("{host}", "127.0.0.1").replace("{port}", str(port)).replace("{pid}", pid)
    assert (started.returncode, started.stdout, started.stderr) == (0, expected, "")
    assert status_of(port, path="/healthz") == 200

    files = f"PID file: {home.run_dir}/server-127.0.0.1-{port}.pid\nLog file: {home.run_dir}/server-127.0.0.1-{port}.log\n"
    status = home.shell(f"{name} status", **env)
    assert (status.returncode, status.stdout, status.stderr) == (0, f"running: PID {pid}\n{files}", "")
    again = home.shell(f"{name} start", **env)
    assert (again.returncode, again.stderr) == (1, f"Already running with PID {pid} ({home.run_dir}/server-127.0.0.1-{port}.pid).\n")

    # `status --verbose`, `stop --verbose`: diagnostics go to standard error only
    verbose = home.shell(f"{name} status --verbose", **env)
    assert verbose.stdout == status.stdout and "pid_file=" in verbose.stderr
    stopped = home.shell(f"{name} stop --verbose", **env)
    assert (stopped.returncode, stopped.stdout) == (0, f"Stopped PID {pid} (stopped).\n")
    until(lambda: not is_running(int(pid)))
    pid_file = f"PID file: {home.run_dir}/server-127.0.0.1-{port}.pid\n"
    assert home.shell(f"{name} status", **env).stdout == f"stopped. {pid_file}"
    gone = home.shell(f"{name} stop", **env)
    assert (gone.returncode, gone.stdout) == (0, f"Not running. {pid_file}")


# `$ uvx openai-api-server-via-codex start \ --host 0.0.0.0 \ --api-key local-secret` and the recipe with --port and --verbose
@pytest.mark.parametrize("block", ["{name} start \\\n  --host 0.0.0.0 \\\n  --api-key local-secret",
                                   "{name} start \\\n  --host 0.0.0.0 \\\n  --port {port} \\\n  --api-key local-secret \\\n  --verbose"])
def test_start_on_all_interfaces(name, home, block):
    port = free_port()
    env = {"OPENAI_VIA_CODEX_PORT": str(port)}
    started = home.shell(block.format(name=name, port=port), **env)
    assert started.returncode == 0, started.stderr
    pid = int(started.stdout.split("PID: ")[1].split()[0])
    expected = START.replace("{home}", str(home.path)).replace("{host}", "0.0.0.0").replace("{port}", str(port)).replace("{pid}", str(pid))
    assert started.stdout == expected
    assert status_of(port) == 401 and status_of(port, "local-secret") == 200 and status_of(port, path="/healthz") == 200
    assert "local-secret" not in command_line(pid)

    # without --host the one PID file for the port is found
    assert home.shell(f"{name} status", **env).stdout.startswith(f"running: PID {pid}\nPID file: {home.run_dir}/server-0.0.0.0-{port}.pid\n")
    assert home.shell(f"{name} stop", **env).stdout == f"Stopped PID {pid} (stopped).\n"
    assert "local-secret" not in (home.run_dir / f"server-0.0.0.0-{port}.log").read_text()


def test_ambiguous_pid_files_are_not_guessed(name, home):
    home.run_dir.mkdir(parents=True)
    files = [home.run_dir / f"server-{host}-18080.pid" for host in ("0.0.0.0", "__1")]
    for path in files:
        path.write_text("1\n")
    for command in ("status", "stop"):
        refused = home.shell(f"{name} {command}")
        assert refused.returncode == 1 and refused.stdout == ""
        assert refused.stderr == ("Multiple PID files match port 18080. Use --host or --pid-file to choose one:\n"
                                  + "".join(f"  {path}\n" for path in files))
    assert home.shell(f"{name} status --host 10.0.0.1").stdout == f"stopped. PID file: {home.run_dir}/server-10.0.0.1-18080.pid\n"
    for path in files:
        path.unlink()


# `$ openai-api-server-via-codex --help`, `--version`
def test_help_and_version(name, home):
    shown = home.shell(f"{name} --help")
    assert shown.returncode == 0 and all(word in shown.stdout for word in ("serve", "start", "stop", "status", "config-generate"))
    assert re.fullmatch(r"ocx \d+\.\d+\.\d+\n", home.shell(f"{name} --version").stdout)


# `--auth-json ~/.codex/auth.json`, `OPENAI_VIA_CODEX_AUTH_JSON=~/.codex/auth.json`
@pytest.mark.parametrize("block", ["{name} --auth-json ~/.codex/auth.json", "OPENAI_VIA_CODEX_AUTH_JSON=~/.codex/auth.json {name}"])
def test_auth_json(name, home, foreground, block):
    command = block.format(name=name)
    if command.startswith("OPENAI"):
        command = "env " + command.replace("=~", f"={home.path}")
    foreground(command, free_port())
    assert home.foreground_log().startswith(f"Codex auth preflight OK: {home.path}/.codex/auth.json")


@pytest.mark.parametrize("command", ["", " start"])
def test_without_a_login_nothing_is_bound(name, home, command):
    (home.path / ".codex" / "auth.json").unlink()
    refused = home.shell(name + command)
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr.startswith(f"Codex auth preflight failed: Codex auth file not found at {home.path}/.codex/auth.json")
    assert not home.run_dir.exists()


EXAMPLE = (REPO / "tests" / "support" / "documented_config.toml").read_text()


# `config-generate`, `config-generate --stdout`, `config-generate --config ./config.toml` and `--config ./config.toml`
def test_config_generate(name, home, foreground):
    path = home.path / ".config" / LONG_NAME / "config.toml"
    made = home.shell(f"{name} config-generate")
    assert (made.returncode, made.stdout, made.stderr) == (0, f"Wrote config: {path}\n", "")
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    printed = home.shell(f"{name} config-generate --stdout")
    assert printed.stdout == path.read_text() and printed.returncode == 0
    lines = iter(printed.stdout.splitlines())
    assert all(line in lines for line in EXAMPLE.splitlines()), "the documented lines, in their order"

    again = home.shell(f"{name} config-generate")
    assert (again.returncode, again.stderr) == (1, f"Config already exists: {path}. Use --force to overwrite.\n")
    path.write_text("broken")
    assert home.shell(f"{name} config-generate --force").returncode == 0
    assert path.read_text() == printed.stdout

    own = home.shell(f"{name} config-generate --config ./config.toml")
    assert own.stdout == f"Wrote config: {home.path}/config.toml\n"
    foreground(f"{name} --config ./config.toml", free_port())


def test_the_documented_example_is_accepted(name, home):
    (home.path / "example.toml").write_text(EXAMPLE)
    assert home.shell(f"{name} config show --config example.toml").returncode == 0
    assert home.shell(f"{name} status", OPENAI_VIA_CODEX_CONFIG="example.toml").returncode == 0


# `--host 0.0.0.0`, `--port 18080`, `--verbose`
def test_host_port_and_verbose(name, home, foreground):
    port = free_port()
    foreground(f"{name} --host 0.0.0.0 --port {port} --verbose", port, OPENAI_VIA_CODEX_PORT="1")
    assert f"running on http://0.0.0.0:{port} " in home.foreground_log()
    assert f"server.port = {port} (--port)" in home.foreground_log()


# `--api-key local-secret`, `OPENAI_VIA_CODEX_API_KEY=local-secret`
@pytest.mark.parametrize("block", ["{name} --api-key local-secret", "env OPENAI_VIA_CODEX_API_KEY=local-secret {name}"])
def test_api_key(name, home, foreground, block):
    port = free_port()
    process = foreground(block.format(name=name), port)
    assert status_of(port) == 401 and status_of(port, "other") == 401 and status_of(port, "local-secret") == 200
    assert status_of(port, path="/healthz") == 200
    assert "local-secret" not in command_line(process.pid) + home.foreground_log()


def test_resolution_order(name, home):
    (home.path / "c.toml").write_text("[server]\nport = 1\ntimeout = 1.0\n")
    shown = json.loads(home.shell(f"{name} config show --json --config c.toml --port 3", OPENAI_VIA_CODEX_PORT="2",
                                  OPENAI_VIA_CODEX_TIMEOUT="2").stdout)
    found = {entry["name"]: (entry["value"], entry["source"], entry["origin"]) for entry in shown["settings"]}
    assert found["server.port"] == ("3", "flag", "--port")
    assert found["server.timeout"] == ("2", "environment", "OPENAI_VIA_CODEX_TIMEOUT")
    assert found["server.host"] == ("127.0.0.1", "default", "default")
    shown = json.loads(home.shell(f"{name} config show --json --config c.toml").stdout)
    assert {e["name"]: e["origin"] for e in shown["settings"]}["server.port"] == "c.toml:2:8"
