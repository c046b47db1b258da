"""openai-node on every fixture. One Node process runs all calls and prints what they gave; the tests compare."""
import pytest

from harness.cases import FIXTURES, answered, cases, failed
from harness.node import run, value

@pytest.fixture(scope="module")
def results(replay_server):
    return run("fixtures.mjs", replay_server.base_url, FIXTURES / "index.json")


@pytest.fixture(scope="module")
def tool_results(demo_server):
    return run("tools.mjs", demo_server.base_url)


def check_response(facts, case):
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    assert facts["status"] == ("incomplete" if case.kind == "incomplete" else "completed")
    assert (facts["items"], facts["text"], facts["refusal"], facts["calls"]) == (case["items"], case.text, case.refusal, case.tool_calls)
    assert (facts["usage"], facts["reason"], facts["outputText"]) == (case.usage, reasons.get(case.finish_reason), case.text)


def check_completion(facts, case):
    assert (facts["text"], facts["refusal"], facts["finish"]) == (case.chat_text, case.refusal, case.finish_reason)
    assert (facts["calls"], facts["usage"]) == (case.tool_calls, case.usage)


@pytest.mark.parametrize("call", ["responseCreate", "responseHelper"])
@pytest.mark.parametrize("case", answered(), ids=repr)
def test_S02_response(results, case, call):
    check_response(value(results[case.name][call]), case)


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_S01_response_events(results, case):
    assert value(results[case.name]["responseEvents"])["last"] == ("response.incomplete" if case.kind == "incomplete" else "response.completed")


@pytest.mark.parametrize("call", ["chatCreate", "chatHelper"])
@pytest.mark.parametrize("case", answered(), ids=repr)
def test_K05_completion(results, case, call):
    check_completion(value(results[case.name][call]), case)


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_K01_one_finish_reason(results, case):
    assert value(results[case.name]["chatChunks"])["finish"] == [case.finish_reason]


def check_status_error(outcome, case):
    error = outcome.get("error")
    assert error, outcome
    assert case.node in error["classes"], error
    assert error["status"] in case.status and error["requestID"], error
    assert case.code is None or error["code"] == case.code, error


@pytest.mark.parametrize("call", ["responseCreate", "responseEvents", "responseHelper", "chatCreate", "chatChunks", "chatHelper"])
@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E17_E22_failure_with_a_status(results, case, call):
    check_status_error(results[case.name][call], case)


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E19_E21_E23_failure_after_output(results, case):
    seen = results[case.name]
    check_status_error(seen["responseCreate"], case)
    check_status_error(seen["chatCreate"], case)
    for call in ("chatChunks", "chatHelper"):
        error = seen[call]["error"]
        assert "APIError" in error["classes"] and error["status"] is None and error["message"], error
    # openai-node resolves a failed stream with that status (openai-contract 3.4).
    final = value(seen["responseHelper"])
    assert final["status"] == "failed" and final["errorCode"] and final["text"] == case.text
    assert value(seen["responseEvents"])["last"] == "response.failed"


@pytest.mark.parametrize("how", ["plain", "streamed"])
def test_run_tools_one_round(tool_results, how):
    seen = value(tool_results[how])
    assert seen["roles"] == ["user", "assistant", "tool", "assistant"] and seen["text"]
    assert [set(i) for i in seen["seen"]] == [{"city"}]


def test_structured_output(tool_results):
    assert type(value(tool_results["parsed"])["city"]) is str


def test_the_index_has_every_kind():
    assert all(cases(kind) for kind in ("success", "incomplete", "failure", "http_error", "cut"))
