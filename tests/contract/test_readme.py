"""The README's Python programs run unchanged, but for the port, against `ocx serve --demo`."""
import os
import re
import subprocess
import sys

import pytest

from harness.process import REPO

README = REPO / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+")
PROGRAMS = BLOCK.findall(README.read_text(encoding="utf-8")) if README.exists() else []


def test_the_readme_shows_every_way_to_call():
    text = "\n".join(PROGRAMS)
    for wanted in ("responses.create", "chat.completions", "stream", "tools", ".parse("):
        assert wanted in text, f"no Python block of the README uses {wanted}"
    assert len(PROGRAMS) >= 4


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_program_runs(demo_server, tmp_path, number):
    program = PROGRAMS[number]
    assert ADDRESS.search(program), "a program of the README that does not say where the server is"
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
    done = subprocess.run([sys.executable, "-c", ADDRESS.sub(demo_server.root_url, program)], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{program}\n{done.stderr}"
    assert done.stdout.strip(), "the program prints nothing"
