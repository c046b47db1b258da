"""POST /v1/responses with openai-python, strict, synchronous and asynchronous, on every fixture."""
import openai
import pytest
from pydantic import BaseModel

from harness.cases import answered, cases, failed, succeeded
from harness.expect import check_error_members, check_response, check_status_error, response_calls
from harness.laws import whole

TERMINAL = ("response.completed", "response.incomplete", "response.failed")


class City(BaseModel):
    city: str
    pop: int


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_R01_create(replay_calls, case):
    check_response(replay_calls().response(case.name), case)


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_S01_create_stream(replay_calls, case):
    seen = replay_calls(case.strict).response_events(case.name)
    assert seen.error is None
    assert whole("".join(e.delta for e in seen.events if e.type == "response.output_text.delta")) == case.text
    assert "".join(e.delta for e in seen.events if e.type == "response.refusal.delta") == (case.refusal or "")
    last = seen.events[-1]
    assert last.type == ("response.incomplete" if case.kind == "incomplete" else "response.completed")
    check_response(last.response, case)


@pytest.mark.parametrize("case", succeeded(), ids=repr)
def test_S01_stream_helper_final(replay_calls, case):
    seen = replay_calls(case.strict).response_helper(case.name)
    assert seen.error is None
    check_response(seen.final, case)


@pytest.mark.parametrize("case", cases("success", where=lambda c: any(t["type"] == "function" for t in c["tool_calls"])), ids=repr)
def test_S11_stream_helper_argument_snapshots(replay_calls, case):
    tools = [{"type": "function", "name": call["name"], "parameters": {"type": "object", "properties": {}}, "strict": False} for call in case.tool_calls]
    seen = replay_calls().response_helper(case.name, tools=tools)
    snapshots = {}
    for event in seen.events:
        if event.type == "response.function_call_arguments.delta":
            snapshots[event.output_index] = event.snapshot
    assert list(snapshots[i] for i in sorted(snapshots)) == [call["arguments"] for call in case.tool_calls]
    assert response_calls(seen.final.output) == case.tool_calls


@pytest.mark.parametrize("case", cases("incomplete"), ids=repr)
def test_S17_incomplete_has_no_final_response(replay_calls, case):
    seen = replay_calls().response_helper(case.name)
    assert isinstance(seen.error, RuntimeError)
    assert seen.events[-1].type == "response.incomplete"


@pytest.mark.parametrize("case", succeeded(), ids=repr)
def test_R23_parse_of_every_success(replay_calls, case):
    check_response(replay_calls().response_parse(case.name), case)


def test_R23_parse_text_format(replay_calls):
    parsed = replay_calls().response_parse("f09-structured", City)
    assert parsed.output_parsed == City(city="Paris", pop=2102650)


def test_R23_stream_helper_text_format(replay_calls):
    seen = replay_calls().response_helper("f09-structured", text_format=City)
    assert seen.final.output_parsed == City(city="Paris", pop=2102650)


def test_R12_encrypted_content_only_when_asked(replay_calls):
    def sealed(**more):
        reply = replay_calls().response("f02-reasoning", **more)
        return [i.encrypted_content for i in reply.output if i.type == "reasoning"]

    assert sealed() == [None]
    assert sealed(include=["reasoning.encrypted_content"]) == ["gAAAAAB-final"]


def test_S15_annotation_event(replay_calls):
    seen = replay_calls().response_events("f06b-annotation")
    notes = [e.annotation for e in seen.events if e.type == "response.output_text.annotation.added"]
    assert [n["url"] if isinstance(n, dict) else n.url for n in notes] == ["https://example.org/a"]
    assert seen.events[-1].response.output[-1].content[0].annotations[0].title == "A"


def test_R08_request_parameters_are_echoed(replay_calls):
    tool = {"type": "function", "name": "now", "parameters": {"type": "object", "properties": {}, "additionalProperties": False, "required": []}, "strict": True}
    reply = replay_calls().response("f01-plain-text", temperature=0.5, top_p=0.25, max_output_tokens=64, metadata={"k": "v"}, tools=[tool],
                                    tool_choice="auto", parallel_tool_calls=False, user="u1", safety_identifier="s1",
                                    prompt_cache_key="conversation 1", truncation="auto", instructions="Be brief.")
    assert (reply.temperature, reply.top_p, reply.max_output_tokens, reply.metadata) == (0.5, 0.25, 64, {"k": "v"})
    assert (reply.tools[0].name, reply.tool_choice, reply.parallel_tool_calls) == ("now", "auto", False)
    assert (reply.user, reply.safety_identifier, reply.prompt_cache_key, reply.truncation) == ("u1", "s1", "conversation 1", "auto")
    assert reply.instructions == "Be brief."


def test_R06_instructions_null_when_absent(replay_calls):
    assert replay_calls().response("f01-plain-text").instructions is None


@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E22_create_raises(replay_calls, case):
    with pytest.raises(openai.APIStatusError) as caught:
        replay_calls().response(case.name)
    check_status_error(caught.value, case)


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E23_create_raises_although_output_began(replay_calls, case):
    with pytest.raises(openai.APIStatusError) as caught:
        replay_calls().response(case.name)
    check_status_error(caught.value, case)


@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E17_stream_raises_before_the_first_event(replay_calls, case):
    with pytest.raises(openai.APIStatusError) as caught:
        seen = replay_calls().response_events(case.name)
        raise seen.error or AssertionError([e.type for e in seen.events])
    check_status_error(caught.value, case)


@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E17_stream_helper_raises_before_the_first_event(replay_calls, case):
    with pytest.raises(openai.APIStatusError) as caught:
        replay_calls().response_helper(case.name)
    check_status_error(caught.value, case)


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E18_E20_stream_ends_with_response_failed(replay_calls, case):
    seen = replay_calls().response_events(case.name)
    assert seen.error is None
    last = seen.events[-1]
    assert last.type == "response.failed" and last.response.status == "failed"
    assert last.response.error.code and last.response.error.message
    assert [e.type for e in seen.events if e.type in TERMINAL] == ["response.failed"]
    assert "".join(e.delta for e in seen.events if e.type == "response.output_text.delta") == case.text


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E18_E20_stream_helper_has_no_final_response(replay_calls, case):
    seen = replay_calls().response_helper(case.name)
    assert isinstance(seen.error, RuntimeError)


def test_E25_error_members_of_a_raised_error(replay_calls):
    with pytest.raises(openai.RateLimitError) as caught:
        replay_calls().response("f12-usage-limit-reached")
    check_error_members(caught.value, cases("failure", where=lambda c: c["name"] == "f12-usage-limit-reached")[0])
