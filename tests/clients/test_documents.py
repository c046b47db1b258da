"""The programs of docs/clients.md, unchanged but for the port, and the README's table, which quotes from them."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from harness.process import REPO

import demo

PAGE = (REPO / "docs" / "clients.md").read_text(encoding="utf-8")
README = (REPO / "README.md").read_text(encoding="utf-8")
# What the Codex CLI needs is not a program; tests/contract/test_codex_cli.py runs it with these settings.
PROGRAMS = re.sub(r"^## Codex CLI\n.*?(?=^## )", "", PAGE, flags=re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PROGRAMS, re.MULTILINE | re.DOTALL)
ROOT_URL = "http://127.0.0.1:18080"


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def run_python(program, folder):
    return run([sys.executable, "-c", program], cwd=folder)


def run_js(program, folder):
    # As in a project of one's own: packages beside the program.
    (folder / "node_modules").symlink_to(os.environ["OCX_NODE_MODULES"], target_is_directory=True)
    (folder / "program.mjs").write_text(program, encoding="utf-8")
    return run([os.environ["OCX_NODE"], "program.mjs"], cwd=folder)


def run_yaml(models, folder):
    (folder / "extra-openai-models.yaml").write_text(models, encoding="utf-8")
    return run([Path(sys.executable).parent / "llm", "-m", "ocx", "Hello"],
               env={**os.environ, "LLM_USER_PATH": str(folder), "OPENAI_API_KEY": "dummy"})


@pytest.mark.parametrize("language,program", BLOCKS, ids=[f"{n}-{language}" for n, (language, _) in enumerate(BLOCKS)])
def test_program_runs(demo_server, tmp_path, language, program):
    assert program.count(ROOT_URL) == 1
    answer = {"python": run_python, "js": run_js, "yaml": run_yaml}[language](program.replace(ROOT_URL, demo_server.root_url), tmp_path)
    assert answer == demo.TEXT.text


def test_the_readme_quotes_what_runs():
    section = README.split("## Clients\n")[1].split("\n## ")[0]
    # The openai packages have programs in the README itself and in the contract tests.
    rows = [line for line in section.splitlines() if line.startswith("|") and ROOT_URL in line and "| openai-" not in line]
    assert len(rows) == 7
    for row in rows:
        for quoted in re.findall(r"`([^`]*(?:gpt-|18080)[^`]*)`", row):
            assert quoted in PAGE, f"no program of docs/clients.md has {quoted}"
