"""openai-python's own tests for our routes, from its source distribution, against the real program on the way of a real call.

They are generated from OpenAI's API description: each method with its smallest request and with every parameter, plain, raw and
streaming, with the synchronous and the asynchronous client, loose and strict. What of it cannot apply stands, with the reason, in
openai_tests_not_applicable.txt; everything else must pass. The ids that they pin are made by pinned.py."""
import fnmatch
import os
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import openai
import pytest

from conftest import HERE
from pinned import Pinned

FILES = ["test_responses.py", "responses/test_input_items.py", "responses/test_input_tokens.py", "chat/test_completions.py",
         "chat/completions/test_messages.py", "test_conversations.py", "conversations/test_items.py", "test_images.py",
         "test_completions.py", "audio/test_transcriptions.py"]
VARIANTS = {f"{kind}[{validation}]" for kind in ("sync", "async") for validation in ("loose", "strict")}


class Outcome:
    """One test: `name` as in the list, `variant` as in VARIANTS, and why it failed."""

    def __init__(self, case):
        module, _, group = case.get("classname").removeprefix("tests.api_resources.").rpartition(".")
        function, _, validation = case.get("name").partition("[")
        self.name = module.replace(".", "/") + ".py::" + function
        self.variant = ("async[" if group.startswith("TestAsync") else "sync[") + validation
        self.problem = next((found.get("message") for found in case if found.tag in ("failure", "error", "skipped")), None)

    def __repr__(self):
        return f"{self.name} {self.variant}: {self.problem or 'passed'}"


def not_applicable():
    """{pattern: statuses that it is answered with}"""
    patterns, statuses = {}, None
    for line in (HERE / "openai_tests_not_applicable.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            statuses, _, reason = line.strip("[]").partition(": ")
            assert reason, f"{line}: does not say why"
        elif line and not line.startswith("#"):
            patterns[line] = statuses.split(" or ")
    return patterns


def matching(outcome, patterns):
    return [p for p in patterns if fnmatch.fnmatchcase(outcome.name, p)]


@pytest.fixture(scope="module")
def source():
    folder = Path(os.environ["OCX_OPENAI_TESTS"])
    assert f'version = "{openai.__version__}"' in (folder / "pyproject.toml").read_text(encoding="utf-8"), "tests of another version than the package"
    return folder


@pytest.fixture(scope="module")
def pinned_server(live_server):
    pinned = Pinned(live_server.base_url)
    yield pinned
    pinned.stop()


@pytest.fixture(scope="module")
def outcomes(source, pinned_server, tmp_path_factory):
    report = tmp_path_factory.mktemp("openai") / "report.xml"
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-q", "--tb=no", "-k", "not aiohttp",
               "--junitxml", report, *(f"tests/api_resources/{name}" for name in FILES)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TEST_API_BASE_URL": pinned_server.base_url})
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [Outcome(case) for case in xml.parse(report).getroot().iter("testcase")]


def test_the_whole_suite_ran(outcomes):
    """Both clients, loose and strict, of every test: what is missing here cannot fail below."""
    variants = {}
    for outcome in outcomes:
        variants.setdefault(outcome.name, set()).add(outcome.variant)
    assert {name.partition("::")[0] for name in variants} == set(FILES)
    assert not {name: seen for name, seen in variants.items() if seen != VARIANTS}
    assert len(outcomes) == 4 * len(variants)


def test_everything_that_applies_passes(outcomes, capsys):
    patterns = not_applicable()
    applying = [o for o in outcomes if not matching(o, patterns)]
    failed = [o for o in applying if o.problem]
    with capsys.disabled():
        print(f"\nopenai-python's own suite: {len(applying) - len(failed)} passed, {len(failed)} failed, {len(outcomes) - len(applying)} not applicable")
    assert not failed, "\n".join(map(repr, failed))
    assert applying


def test_the_list_of_what_does_not_apply_is_exact(outcomes):
    patterns = not_applicable()
    listed = [(o, p) for o in outcomes for p in matching(o, patterns)]
    unused = set(patterns) - {p for _, p in listed}
    assert not unused, f"patterns that match no test: {sorted(unused)}"
    surprises = [o for o, p in listed if not any(f"Error code: {status} - " in (o.problem or "") for status in patterns[p])]
    assert not surprises, "listed, but they passed or failed in another way:\n" + "\n".join(map(repr, surprises))


def test_no_request_of_it_breaks_a_rule_of_the_backend(outcomes, upstream):
    assert upstream.posts() and not upstream.take_problems()
