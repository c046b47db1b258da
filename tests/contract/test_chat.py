"""POST /v1/chat/completions with openai-python, strict, synchronous and asynchronous, on every fixture."""
import openai
import pytest
from pydantic import BaseModel

from harness.cases import answered, cases, failed, succeeded
from harness.expect import Joined, check_completion, check_error_members, check_status_error, usage_of
from harness.laws import whole

# Custom tool calls have no shape in the chunk schema (openai-contract section 5): strict clients and the helper refuse them.
PLAIN = [case for case in answered() if not case.is_custom]
CUSTOM = [case for case in answered() if case.is_custom]
LIMITS = {"length": openai.LengthFinishReasonError, "content_filter": openai.ContentFilterFinishReasonError}


class City(BaseModel):
    city: str
    pop: int


def dumped(chunks):
    return [chunk.model_dump(exclude_unset=True) for chunk in chunks]


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_C01_create(replay_calls, case):
    completion = replay_calls().chat(case.name)
    check_completion(completion, case)
    assert usage_of(completion.usage) == case.usage


@pytest.mark.parametrize("case", PLAIN, ids=repr)
def test_K01_create_stream(replay_calls, case):
    seen = replay_calls(case.strict).chat_chunks(case.name)
    assert seen.error is None
    Joined(dumped(seen.events)).check(case)


@pytest.mark.parametrize("case", CUSTOM, ids=repr)
def test_K20_create_stream_custom_tool(replay_calls, case):
    seen = replay_calls(strict=False).chat_chunks(case.name)
    assert seen.error is None
    Joined(dumped(seen.events)).check(case)


@pytest.mark.parametrize("case", PLAIN, ids=repr)
def test_K02_create_stream_with_usage(replay_calls, case):
    seen = replay_calls(case.strict).chat_chunks(case.name, stream_options={"include_usage": True})
    assert usage_of(seen.events[-1].usage) == case.usage
    assert (seen.events[-1].choices == []) == (case.usage is not None)


@pytest.mark.parametrize("case", [c for c in PLAIN if c.kind == "success"], ids=repr)
def test_K04_stream_helper(replay_calls, case):
    seen = replay_calls(case.strict).chat_helper(case.name, stream_options={"include_usage": True})
    assert seen.error is None
    check_completion(seen.final, case)
    deltas = "".join(e.delta for e in seen.events if e.type == "content.delta")
    assert whole(deltas) == case.chat_text


@pytest.mark.parametrize("case", cases("incomplete"), ids=repr)
def test_K12_stream_helper_raises_at_a_limit(replay_calls, case):
    seen = replay_calls().chat_helper(case.name)
    assert isinstance(seen.error, LIMITS[case.finish_reason])


@pytest.mark.parametrize("case", cases("incomplete"), ids=repr)
def test_C09_C10_parse_raises_at_a_limit(replay_calls, case):
    with pytest.raises(LIMITS[case.finish_reason]):
        replay_calls().chat_parse(case.name, response_format=City)


@pytest.mark.parametrize("case", [case for case in succeeded() if not case.is_custom], ids=repr)
def test_C13_parse_of_every_success(replay_calls, case):
    check_completion(replay_calls().chat_parse(case.name), case)


def test_C13_parse(replay_calls):
    completion = replay_calls().chat_parse("f09-structured", response_format=City)
    assert completion.choices[0].message.parsed == City(city="Paris", pop=2102650)


def test_C13_stream_helper_with_a_model(replay_calls):
    seen = replay_calls().chat_helper("f09-structured", response_format=City)
    assert seen.final.choices[0].message.parsed == City(city="Paris", pop=2102650)


def test_C11_parse_of_a_refusal(replay_calls):
    message = replay_calls().chat_parse("f08-refusal", response_format=City).choices[0].message
    assert message.parsed is None and message.refusal == "I can't help with that."


def test_K11_refusal_events(replay_calls):
    seen = replay_calls().chat_helper("f08-refusal")
    assert [e.refusal for e in seen.events if e.type == "refusal.done"] == ["I can't help with that."]


def test_C12_annotations(replay_calls):
    notes = replay_calls().chat("f06b-annotation").choices[0].message.annotations
    assert [(n.type, n.url_citation.url, n.url_citation.start_index, n.url_citation.end_index) for n in notes] == [
        ("url_citation", "https://example.org/a", 8, 46)]


TOOL = {"type": "function", "function": {"name": "get_weather", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}


def test_C05_parse_of_strict_tool_arguments(replay_calls):
    completion = replay_calls().chat_parse("f04-parallel-tools", tools=[TOOL])
    assert [c.function.parsed_arguments for c in completion.choices[0].message.tool_calls] == [{"city": "Oslo"}, {"city": "Rome"}]


def test_K07_stream_helper_tool_events(replay_calls):
    """Not with f04b: openai-python takes a call as finished when the next one gets a delta, and parses its half of the arguments."""
    seen = replay_calls().chat_helper("f04-parallel-tools", tools=[TOOL])
    done = {e.index: e.arguments for e in seen.events if e.type == "tool_calls.function.arguments.done"}
    assert done == {0: '{"city":"Oslo"}', 1: '{"city":"Rome"}'}
    assert [c.function.parsed_arguments for c in seen.final.choices[0].message.tool_calls] == [{"city": "Oslo"}, {"city": "Rome"}]


def test_C08_legacy_functions(replay_calls):
    functions = [{"name": "get_weather", "parameters": TOOL["function"]["parameters"]}]
    choice = replay_calls().chat("f03-tool-call", functions=functions).choices[0]
    assert choice.finish_reason == "function_call"
    assert (choice.message.function_call.name, choice.message.function_call.arguments) == ("get_weather", '{"city":"Kraków"}')
    assert choice.message.tool_calls is None


def test_K17_legacy_function_deltas(replay_calls):
    functions = [{"name": "get_weather", "parameters": TOOL["function"]["parameters"]}]
    chunks = replay_calls().chat_chunks("f03-tool-call", functions=functions).events
    deltas = [c.choices[0].delta.function_call for c in chunks if c.choices and c.choices[0].delta.function_call]
    assert [d.name for d in deltas if d.name] == ["get_weather"]
    assert "".join(d.arguments or "" for d in deltas) == '{"city":"Kraków"}'
    assert chunks[-1].choices[0].finish_reason == "function_call"


@pytest.mark.parametrize("case", failed(), ids=repr)
def test_E22_create_raises(replay_calls, case):
    with pytest.raises(openai.APIStatusError) as caught:
        replay_calls().chat(case.name)
    check_status_error(caught.value, case)


@pytest.mark.parametrize("how", ["chat_chunks", "chat_helper"])
@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E17_stream_raises_before_the_first_chunk(replay_calls, case, how):
    seen = getattr(replay_calls(), how)(case.name)
    assert seen.events == []
    check_status_error(seen.error, case)


@pytest.mark.parametrize("how", ["chat_chunks", "chat_helper"])
@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E19_E21_stream_raises_without_a_finish(replay_calls, case, how):
    seen = getattr(replay_calls(), how)(case.name)
    assert type(seen.error) is openai.APIError, seen.error
    check_error_members(seen.error, case)
    chunks = seen.events if how == "chat_chunks" else [e.chunk for e in seen.events if e.type == "chunk"]
    assert not any(choice.finish_reason for chunk in chunks for choice in chunk.choices)
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == case.text
