"""The committed cassettes are what their sources make, and each can be told from the others."""
import json
import subprocess
import sys

import pytest

from harness.cases import BY_NAME, CASSETTES, FIXTURES, cassette

pytestmark = pytest.mark.program_free


def test_cassettes_are_up_to_date():
    done = subprocess.run([sys.executable, str(FIXTURES / "generate.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("recipe", ["F%02d" % n for n in [*range(1, 20), *range(21, 26), 27]])
def test_every_recipe_has_a_cassette(recipe):
    assert any(case["recipe"].startswith(recipe) for case in BY_NAME.values())


def test_every_cassette_reads_back():
    for path in sorted(FIXTURES.glob("*/*.jsonl")):
        head, frames, end = cassette(path)
        assert 200 <= head["status"] < 600 and end in ("eof", "cut", "open", "refused") and all(frames), path


def test_answers_are_found_by_model_name():
    for path in CASSETTES.glob("*.jsonl"):
        header = json.loads(path.open(encoding="utf-8").readline())["header"]
        assert path.stem == "f27-models" or header["match"] == {"model": path.stem}
