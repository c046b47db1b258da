"""Simon Willison's llm command, with an entry in its extra-openai-models.yaml."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import demo

LLM = Path(sys.executable).parent / "llm"
FUNCTIONS = '''
def get_forecast(city: str, days: int) -> str:
    "Forecast for a city."
    return f"{days} sunny in {city}"
'''


@pytest.fixture(scope="module")
def llm(demo_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("llm")
    (folder / "extra-openai-models.yaml").write_text(f"""
- model_id: ocx
  model_name: gpt-5.5
  api_base: {demo_server.base_url}
  supports_tools: true
  supports_schema: true
""")

    def run(*arguments):
        done = subprocess.run([LLM, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, "LLM_USER_PATH": str(folder), "OPENAI_API_KEY": "dummy"})
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    return run


@pytest.fixture(params=[[], ["--no-stream"]], ids=["streamed", "whole"])
def form(request):
    return request.param


def logged(llm, count=1):
    return json.loads(llm("logs", "--json", "-n", str(count)))


def check_usage(entry, answer):
    assert (entry["input_tokens"], entry["output_tokens"]) == (answer.input, answer.output)


def test_chat_and_stream(llm, form):
    assert llm("-m", "ocx", *form, "-s", "Be brief.", "Hello") == demo.TEXT.text
    entry = logged(llm)[0]
    check_usage(entry, demo.TEXT)
    assert json.loads(entry["token_details"])["completion_tokens_details"]["reasoning_tokens"] == demo.TEXT.reasoning


def test_continued_conversation(llm, form):
    llm("-m", "ocx", *form, "Hello")
    assert llm("-c", *form, "And again") == demo.TEXT.text
    assert len({entry["conversation_id"] for entry in logged(llm, 2)}) == 1


def test_tool_round_trip(llm, form):
    assert llm("-m", "ocx", *form, "--functions", FUNCTIONS, "Forecast?") == demo.AFTER_TOOL.text
    calling, answering = logged(llm, 2)
    assert [(call["name"], call["arguments"]) for call in calling["tool_calls"]] == [("get_forecast", demo.FORECAST)]
    assert [result["output"] for result in answering["tool_results"]] == ["1 sunny in Tokyo"]
    check_usage(calling, demo.CALL)
    check_usage(answering, demo.AFTER_TOOL)


def test_schema(llm, form):
    assert json.loads(llm("-m", "ocx", *form, "--schema", "name, population int", "A city")) == demo.CITY
    check_usage(logged(llm)[0], demo.JSON)
