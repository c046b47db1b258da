"""Starts and stops the real program. A test that fails gets the program's log; a run that leaves a sanitizer report, a
canary or a wrong exit status behind fails at the end."""
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from . import canary

REPO = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("OCX_BINARY") or REPO / "build" / "release" / "ocx")
LISTENING = re.compile(r"running on (?:https?://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)|unix:)")
REPORTS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:", "UndefinedBehaviorSanitizer")
NOWHERE = "http://127.0.0.1:1/backend-api/codex"  # a backend for servers whose login the shared upstream would not know
START_SECONDS = 90  # the huge recordings take their time under sanitizers


def clean_environment(home):
    """The caller's environment without anything that would change what the program does."""
    unwanted = ("OPENAI_", "CODEX_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    env = {k: v for k, v in os.environ.items() if not k.upper().startswith(unwanted)}
    env.update(HOME=str(home), CODEX_HOME=str(home / ".codex"), XDG_CONFIG_HOME=str(home / ".config"), XDG_STATE_HOME=str(home / ".state"))
    # A login that a test lets expire must never reach the real login server: nobody listens here.
    env["CODEX_REFRESH_TOKEN_URL_OVERRIDE"] = "http://127.0.0.1:1/oauth/token"
    return env


def run(arguments, home, timeout=20, environment=None):
    """Runs the program to its end; for calls that must not start a server."""
    done = subprocess.run([str(BINARY), *map(str, arguments)], env={**clean_environment(home), **(environment or {})}, cwd=home,
                          capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    canary.saw_output(arguments, done.stdout + done.stderr)
    return done


class Server:
    """`ocx serve ARGUMENTS --port 0`, up and listening after construction."""

    def __init__(self, arguments, directory, canaries=(), environment=None, **popen):
        self.home = Path(directory)
        (self.home / ".codex").mkdir(parents=True, exist_ok=True)
        self.canaries = list(canaries)
        self.host = "127.0.0.1"
        self._out, self._err = self.home / "stdout.log", self.home / "stderr.log"
        command = [str(BINARY), "serve", *map(str, arguments), "--port", "0"]
        env = {**clean_environment(self.home), **(environment or {})}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            files = {"stdout": out, "stderr": err, "stdin": subprocess.DEVNULL, **popen}
            self.process = subprocess.Popen(command, cwd=self.home, env=env, **files)
        self.port = self._wait_for_port()
        self.root_url = f"http://{self.host}:{self.port}"
        self.base_url = self.root_url + "/v1"

    def _wait_for_port(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            found = LISTENING.search(self.log())
            if found:
                return int(found.group(1) or 0)
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with status {self.process.returncode} before it listened\n{self.log()}")
            time.sleep(0.005)
        self.process.kill()
        raise RuntimeError(f"the server printed no address within {START_SECONDS} s\n{self.log()}")

    def log(self):
        return self._out.read_text(errors="replace") + self._err.read_text(errors="replace")

    def stop(self):
        """SIGTERM, then what must hold of every run."""
        canary.saw_process(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server was still running 15 s after SIGTERM\n{self.log()}") from None
        log = self.log()
        assert status == 0, f"the server ended with status {status} after SIGTERM\n{log}"
        assert not [r for r in REPORTS if r in log], f"a sanitizer reported\n{log}"
        for secret in self.canaries:
            assert secret not in log, "a secret stands in the server's output"


@contextmanager
def servers(make_directory):
    """Gives a function that starts servers; all of them are stopped at the end, which checks how they ended."""
    started = []

    def start(*arguments, **options):
        server = Server(arguments, make_directory(), **options)
        started.append(server)
        return server

    yield start
    problems = []
    for server in started:
        try:
            server.stop()
        except AssertionError as error:
            problems.append(str(error))
    assert not problems, "\n".join(problems)
