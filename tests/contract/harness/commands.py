"""Runs commands of the program in a home directory of their own, and cleans up what they left running."""
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import canary
from .login import Login
from .process import BINARY, clean_environment

LONG_NAME = "openai-api-server-via-codex"


class Home:
    """A fake home; the program stands in its own `bin` under both of its names."""

    def __init__(self, directory):
        self.path = Path(directory).resolve()
        (self.path / ".codex").mkdir()
        (self.path / "bin").mkdir()
        for name in ("ocx", LONG_NAME):
            (self.path / "bin" / name).symlink_to(BINARY.resolve())
        self.run_dir = self.path / ".config" / LONG_NAME / "run"
        self.login = None

    def log_in(self, **options):
        self.login = Login(self.path / ".codex" / "auth.json", **options)
        return self.login

    def environment(self, **more):
        env = clean_environment(self.path)
        del env["CODEX_HOME"], env["XDG_CONFIG_HOME"]
        return {**env, "PATH": f"{self.path}/bin:{env['PATH']}", **more}

    def shell(self, command, timeout=30, **more):
        """A line as a user types it."""
        done = subprocess.run(["bash", "-c", command], env=self.environment(**more), cwd=self.path, capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)
        canary.saw_output([command], done.stdout + done.stderr)
        return done

    def popen(self, command, **more):
        """The same for a server in the foreground; its output goes to files that log() reads."""
        out = (self.path / "foreground.log").open("ab")
        return subprocess.Popen(["bash", "-c", "exec " + command], env=self.environment(**more), cwd=self.path, stdout=out, stderr=out,
                                stdin=subprocess.DEVNULL)

    def foreground_log(self):
        path = self.path / "foreground.log"
        return path.read_text() if path.exists() else ""

    def pids(self):
        return {p: int(p.read_text().split()[0]) for p in self.run_dir.glob("*.pid")}

    def clean_up(self):
        for path, pid in self.pids().items():
            group_is_ours = str(self.path) in Path(f"/proc/{pid}/environ").read_text(errors="replace") if Path(f"/proc/{pid}").exists() else False
            if group_is_ours:
                os.killpg(pid, signal.SIGKILL)
            path.unlink()


def free_port():
    """A port that nobody has, below those that the system gives to outgoing connections: nobody gets it in the meantime either."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as s:
            try:
                s.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port


def until(condition, seconds=20, why="it never happened"):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(why)


def children(pid):
    """Process numbers whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        state, parent = text.rsplit(")", 1)[1].split()[:2]
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def matches(pattern, text):
    """`pattern` with {name} for what differs from run to run."""
    parts = re.split(r"\{(\w+)\}", pattern)
    expression = "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.fullmatch(expression, text, re.S)


def read_json(text):
    return json.loads(text)
