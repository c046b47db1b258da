"""The Vercel AI SDK: @ai-sdk/openai (Responses, with and without stored items, and chat) and @ai-sdk/openai-compatible. One Node process
makes all calls and prints what they gave."""
import json
import os
import subprocess

import pytest

import demo
from conftest import HERE

RESPONSES, CHAT = ("responses", "stateless"), ("chat", "compatible")


@pytest.fixture(scope="module")
def results(demo_server):
    done = subprocess.run([os.environ["OCX_NODE"], str(HERE / "node" / "ai_sdk.mjs"), demo_server.base_url], capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=[*RESPONSES, *CHAT])
def given(request, results):
    def value(call):
        outcome = results[request.param][call]
        assert "error" not in outcome, outcome
        return outcome["value"]

    value.thoughts = demo.TEXT.thoughts if request.param in RESPONSES else None
    return value


def usage(*answers):
    return [sum(getattr(a, member) for a in answers) for member in ("input", "output", "total", "reasoning")]


def test_chat(given):
    assert given("chat") == {"text": demo.TEXT.text, "thoughts": given.thoughts, "usage": usage(demo.TEXT), "finish": "stop", "warnings": []}


def test_stream(given):
    seen = given("stream")
    assert len(seen["pieces"]) > demo.PIECES and "".join(seen["pieces"]) == demo.TEXT.text
    assert (seen["thoughts"], seen["usage"], seen["finish"]) == (given.thoughts, usage(demo.TEXT), "stop")


@pytest.mark.parametrize("call", ["tool", "toolStream"])
def test_tool_round_trip(given, call):
    assert given(call) == {"text": demo.AFTER_TOOL.text, "seen": [demo.FORECAST], "steps": ["tool-calls", "stop"],
                           "usage": usage(demo.CALL, demo.AFTER_TOOL)}


@pytest.mark.parametrize("call", ["object", "objectStream"])
def test_structured_output(given, call):
    assert given(call) == demo.CITY


def test_a_failure_has_its_status(results):
    assert results["failure"]["status"] == 400 and results["failure"]["error"].startswith("AI_APICallError: ")
