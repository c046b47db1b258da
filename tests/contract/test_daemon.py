"""The life of the background server: crashes, numbers that are used again, ports in use, deaf servers, moved logs, new configurations."""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from harness.commands import children, command_line, free_port, is_running, until
from harness.process import BINARY

KEY = "canary-key-5f0e8b"


class Daemon:
    def __init__(self, home, options="--demo", **environment):
        self.port = free_port()
        self.home, self.environment = home, {"OPENAI_VIA_CODEX_PORT": str(self.port), **environment}
        self.pid_file = home.run_dir / f"server-127.0.0.1-{self.port}.pid"
        self.log_file = self.pid_file.with_suffix(".log")
        started = self.run(f"start {options}")
        assert started.returncode == 0, started.stderr
        self.pid = int(self.pid_file.read_text().split()[0])

    def run(self, command):
        return self.home.shell("ocx " + command, **self.environment)

    def server(self):
        return until(lambda: children(self.pid))[0]

    def log(self):
        return self.log_file.read_text()

    def get(self, path, key=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {key}"} if key else {})
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def is_up(self):
        return self.get("/healthz") == 200


def test_a_crashed_server_is_started_again(home):
    daemon = Daemon(home)
    first = daemon.server()
    os.kill(first, signal.SIGKILL)
    until(lambda: children(daemon.pid) not in ([], [first]) and daemon.is_up())
    assert "WARNING:  The server ended (signal 9); it is started again in 1 s." in daemon.log()
    assert daemon.run("status").stdout.startswith(f"running: PID {daemon.pid}\n")
    second = daemon.server()
    assert daemon.run("stop").stdout == f"Stopped PID {daemon.pid} (stopped).\n"
    assert not is_running(second) and not daemon.pid_file.exists()


def test_a_dead_supervisor_takes_the_server_with_it(home):
    daemon = Daemon(home)
    server = daemon.server()
    os.kill(daemon.pid, signal.SIGKILL)
    until(lambda: not is_running(server), why="the server lives on without anybody who could stop it")
    assert daemon.run("status").stdout.startswith(f"stale: PID {daemon.pid}\n")
    assert daemon.run("stop").stdout == f"Removed stale PID {daemon.pid}. PID file: {daemon.pid_file}\n"
    assert not daemon.pid_file.exists()


def test_a_number_that_is_used_again_is_never_signalled(home):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            home.run_dir.mkdir(parents=True)
            path = home.run_dir / "server-127.0.0.1-18080.pid"
            for text in (f"{stranger.pid}\nstarted=1 boot=other\n", f"{stranger.pid}\n"):
                path.write_text(text)
                assert home.shell("ocx status").stdout.startswith(f"stale: PID {stranger.pid}\n")
                assert home.shell("ocx stop").stdout == f"Removed stale PID {stranger.pid}. PID file: {path}\n"
                assert stranger.poll() is None
        finally:
            stranger.kill()


def test_start_clears_a_stale_file_away(home):
    daemon = Daemon(home)
    daemon.run("stop")
    daemon.pid_file.write_text("999999999\n")
    assert daemon.run("start --demo").returncode == 0
    assert daemon.is_up() and daemon.run("stop").returncode == 0


def test_a_port_in_use_is_reported_with_the_end_of_the_log(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = home.shell(f"ocx start --demo --port {port}")
    assert refused.returncode == 1 and refused.stdout == ""
    assert "The server did not start. The end of its log:\n" in refused.stderr
    assert f"Could not listen on 127.0.0.1:{port}" in refused.stderr and "Log file: " in refused.stderr
    assert not list(home.run_dir.glob("*.pid"))


def test_two_starts_at_once_make_one_server(home):
    port = free_port()
    both = [home.popen(f"ocx start --demo --port {port}") for _ in range(2)]
    assert sorted(p.wait(timeout=30) for p in both) == [0, 1]
    assert "Already running with PID" in home.foreground_log()
    assert home.shell(f"ocx stop --port {port}").returncode == 0


def test_a_server_that_does_not_listen_to_sigterm_is_killed(home):
    daemon = Daemon(home)
    server = daemon.server()
    os.kill(server, signal.SIGSTOP)
    began = time.monotonic()
    stopped = daemon.run("stop --stop-timeout 0.5")
    assert stopped.stdout == f"Stopped PID {daemon.pid} (killed).\n"
    assert 0.4 < time.monotonic() - began < 8
    assert not is_running(server) and not is_running(daemon.pid)


def test_the_log_is_opened_again(home):
    daemon = Daemon(home)
    moved = daemon.log_file.with_suffix(".1")
    daemon.log_file.rename(moved)
    os.kill(daemon.pid, signal.SIGUSR1)
    until(daemon.log_file.exists)
    until(lambda: daemon.is_up() and '"GET /healthz" 200' in daemon.log())
    os.kill(daemon.server(), signal.SIGKILL)
    until(lambda: "started again" in daemon.log(), why="the supervisor still writes to the old file")
    assert "started again" not in moved.read_text()
    daemon.run("stop")


def test_sighup_applies_what_can_change_and_keeps_the_old_on_an_error(home):
    config = home.path / "c.toml"
    config.write_text("[server]\nverbose = false\n")
    daemon = Daemon(home, f"--demo --config {config}")
    assert daemon.get("/v1/models") == 200

    config.write_text(f"[server]\nverbose = true\napi_key = '{KEY}'\nmax_concurrent_requests = 3\n")
    os.kill(daemon.pid, signal.SIGHUP)
    until(lambda: "Configuration reloaded: server.verbose, server.api_key." in daemon.log())
    assert "Only a restart changes: server.max_concurrent_requests." in daemon.log()
    assert daemon.get("/v1/models") == 401 and daemon.get("/v1/models", KEY) == 200

    config.write_text("[server]\nprot = 1\n")
    os.kill(daemon.pid, signal.SIGHUP)
    until(lambda: "The configuration was not reloaded" in daemon.log())
    assert f"{config}:2:1: there is no setting called" in daemon.log() and "Did you mean port?" in daemon.log()
    assert daemon.get("/v1/models") == 401 and daemon.get("/v1/models", KEY) == 200
    assert KEY not in daemon.log()
    daemon.run("stop")


def test_the_key_is_in_no_file_and_on_no_command_line(home):
    daemon = Daemon(home, f"--demo --api-key {KEY} --verbose")
    assert daemon.get("/v1/models", KEY) == 200 and daemon.get(f"/v1/{KEY}?key={KEY}", KEY) == 404
    everywhere = command_line(daemon.pid) + command_line(daemon.server()) + daemon.pid_file.read_text() + daemon.log()
    assert daemon.run("stop").returncode == 0
    assert KEY not in daemon.log().replace(f"/v1/{KEY}", "") + everywhere.replace(f"/v1/{KEY}", "")


def test_systemd_is_told_and_its_socket_is_used(home, tmp_path):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "n"))
    manager.settimeout(20)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        # LISTEN_PID must be the server's own number, which only the shell between fork and exec knows
        script = 'export LISTEN_PID=$$; exec "$0" serve --demo 3<&9 9<&-'
        env = home.environment(LISTEN_FDS="1", NOTIFY_SOCKET=str(tmp_path / "n"))
        fd = listening.fileno()
        server = subprocess.Popen(["bash", "-c", script.replace("9", str(fd)), str(BINARY)], env=env, pass_fds=[fd],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert manager.recv(500).decode() == f"READY=1\nSTATUS=Listening on http://127.0.0.1:{port}"
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200
    server.send_signal(signal.SIGHUP)
    told = [manager.recv(500).decode() for _ in range(2)]
    assert told[0].startswith("RELOADING=1") and told[1] == "READY=1"
    server.send_signal(signal.SIGTERM)
    assert manager.recv(500).decode() == "STOPPING=1"
    assert server.wait(timeout=15) == 0
    server.stderr.close()


def hand_over(home, sockets, options):
    """Starts the server as a service manager does that has opened sockets for it."""
    # LISTEN_PID must be the server's own number, which only the shell between fork and exec knows
    env = home.environment(LISTEN_FDS=str(len(sockets)))
    for s in sockets:
        os.dup2(s.fileno(), s.fileno() + 100)  # out of the way of the numbers that they get
    moves = " ".join(f"{number}<&{s.fileno() + 100} {s.fileno() + 100}<&-" for number, s in enumerate(sockets, 3))
    try:
        return subprocess.Popen(["bash", "-c", f'export LISTEN_PID=$$; exec "$0" serve --demo {options} {moves}', str(BINARY)], env=env,
                                pass_fds=[s.fileno() + 100 for s in sockets], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    finally:
        for s in sockets:
            os.close(s.fileno() + 100)


@pytest.fixture
def opened(tmp_path):
    """A TCP and a Unix socket of a service manager."""
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as local:
        tcp.bind(("127.0.0.1", 0))
        local.bind(str(tmp_path / "s"))
        tcp.listen()
        local.listen()
        yield tcp, local


def test_sockets_of_both_kinds_can_be_handed_over(home, opened):
    tcp, local = opened
    server = hand_over(home, [local, tcp], "")
    try:
        assert urllib.request.urlopen(f"http://127.0.0.1:{tcp.getsockname()[1]}/healthz", timeout=20).status == 200
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(local.getsockname())
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=15) == 0
        assert os.path.exists(local.getsockname()), "the file is the service manager's"
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("kinds, options", [((0,), "--no-tcp --unix-socket u"), ((0, 0), ""), ((1, 1), "")])
def test_a_socket_without_a_use_is_an_error(home, opened, kinds, options):
    server = hand_over(home, [opened[kind].dup() for kind in kinds], options)
    _, said = server.communicate(timeout=20)
    assert server.returncode == 1 and "hands over more sockets than the settings have a use for" in said


def test_the_log_can_be_json(home):
    daemon = Daemon(home, "--demo --log-format json")
    assert daemon.get("/v1/models?key=sk-0123456789") == 200
    os.kill(daemon.server(), signal.SIGKILL)
    until(lambda: "is started again" in daemon.log() and daemon.is_up())
    daemon.run("stop")
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    request = next(line for line in lines if "route" in line)
    assert request["method"] == "GET" and request["route"] == "/v1/models" and request["status"] == 200
    assert request["bytes"] > 100 and request["ms"] >= request["first_ms"] >= 0 and request["id"].startswith("req_")
    assert all(line["time"].endswith("Z") and line["level"] in ("info", "warning") for line in lines)
