"""The bytes themselves: laws that hold for every stream, and the same bytes however the backend's bytes were cut."""
import json

import pytest

from harness import raw, tap
from harness.cases import answered, cases, failed
from harness.laws import chat_chunks, records, response_events, response_object

STREAMED = [c for c in answered()] + [c for c in failed(before_output=False)]


@pytest.mark.parametrize("case", STREAMED, ids=repr)
def test_T02_T03_T04_S03_S04_S06_S07_S09_responses_stream(replay_server, case):
    reply = raw.responses(replay_server, case.name, True)
    assert reply.status == 200
    assert reply.header("content-type").replace(" ", "").lower() == "text/event-stream;charset=utf-8"
    assert reply.header("cache-control") == "no-cache" and reply.header("x-request-id")
    response_events(reply.body)


@pytest.mark.parametrize("usage", [False, True], ids=["no_usage", "usage"])
@pytest.mark.parametrize("case", answered(), ids=repr)
def test_T02_T03_T04_K02_K03_K10_K19_chat_stream(replay_server, case, usage):
    reply = raw.chat(replay_server, case.name, True, usage)
    assert reply.status == 200
    assert reply.header("content-type").replace(" ", "").lower() == "text/event-stream;charset=utf-8"
    chunks = chat_chunks(reply.body, usage)
    if usage:
        assert (chunks[-1]["choices"] == []) == (case.usage is not None), "K22: the usage chunk"


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E19_chat_stream_ends_with_one_error_record(replay_server, case):
    found = [json.loads(data) for _, data in records(raw.chat(replay_server, case.name, True).body) if data != "[DONE]"]
    assert [("error" in chunk) for chunk in found] == [False] * (len(found) - 1) + [True]
    assert {"message", "type", "param", "code"} == set(found[-1]["error"])


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_R02_R03_R04_response_object(replay_server, case):
    reply = raw.responses(replay_server, case.name, False)
    assert reply.header("content-type").startswith("application/json")
    response_object(reply.json())


@pytest.mark.parametrize("case", answered(), ids=repr)
def test_C02_C03_C04_chat_object(replay_server, case):
    completion = raw.chat(replay_server, case.name, False).json()
    message = completion["choices"][0]["message"]
    assert {"role", "content", "refusal"} <= set(message) and "logprobs" in completion["choices"][0]
    prefix, _, rest = completion["id"].partition("-")
    assert prefix == "chatcmpl" and len(rest) >= 20 and rest.isalnum()
    assert type(completion["created"]) is int and completion["object"] == "chat.completion"
    assert ("usage" in completion) == (case.usage is not None), "usage is told exactly when upstream told it"
    if message.get("tool_calls") and not case.chat_text:
        assert message["content"] is None


@pytest.mark.parametrize("case", cases("success", "incomplete", "failure", "http_error", "cut"), ids=repr)
def test_T06_T07_one_byte_reads_change_nothing(replay_server, sliced_server, case):
    for call in (raw.responses, raw.chat):
        for stream in (False, True):
            whole, sliced = (call(s, case.name, stream) for s in (replay_server, sliced_server))
            assert sliced.status == whole.status
            assert raw.without_minted(sliced.body) == raw.without_minted(whole.body)


@pytest.mark.parametrize("name", [c.name for c in cases("success") if c.recipe in ("F17", "F18", "F19", "F21", "F22", "F25") and c.text == "Hello, world."])
def test_T09_framing_variants_read_the_same(replay_server, name):
    """However the stream was framed, the client gets the events of the plain one."""
    def told(model):
        return [(e["type"], e.get("delta"), e.get("output_index")) for e in response_events(raw.responses(replay_server, model, True).body)]

    assert told(name) == told("f01-plain-text")


def test_K06_tool_index_counts_calls_not_items(replay_server):
    chunks = chat_chunks(raw.chat(replay_server, "f04-parallel-tools", True).body)
    opened = [c["index"] for chunk in chunks for c in chunk["choices"][0]["delta"].get("tool_calls", []) if c.get("id")]
    assert opened == [0, 1]


def test_K14_annotations_come_once(replay_server):
    chunks = chat_chunks(raw.chat(replay_server, "f06b-annotation", True).body)
    assert sum("annotations" in c["choices"][0]["delta"] for c in chunks) == 1


def test_K21_an_empty_answer_has_role_and_finish(replay_server):
    chunks = chat_chunks(raw.chat(replay_server, "f24g-empty", True).body)
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant" and chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_S25_event_order_of_a_reasoned_answer(replay_server):
    kinds = [e["type"].removeprefix("response.") for e in response_events(raw.responses(replay_server, "f02-reasoning", True).body)]
    assert kinds == ["created", "in_progress", "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
                     "reasoning_summary_text.delta", "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
                     "output_item.added", "content_part.added", "output_text.delta", "output_text.delta", "output_text.done", "content_part.done",
                     "output_item.done", "completed"]


def test_K01_chunk_order_of_plain_text(replay_server):
    chunks = chat_chunks(raw.chat(replay_server, "f01-plain-text", True).body)
    assert [c["choices"][0]["delta"] for c in chunks] == [
        {"role": "assistant", "content": "", "refusal": None}, {"content": "Hello"}, {"content": ", world."}, {}]
    assert [c["choices"][0]["finish_reason"] for c in chunks] == [None, None, None, "stop"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_tap_sees_what_openai_python_receives(replay_server, make_calls, kind):
    """Else every check against the schema would look at nothing."""
    bodies, events = tap.counts.bodies, tap.counts.events
    calls = make_calls(replay_server.base_url, kind)
    calls.chat("f01-plain-text")
    assert tap.counts.bodies == bodies + 1
    calls.response_events("f01-plain-text")
    assert tap.counts.events > events
