"""Cases of groups C and K of the contract, each with openai-python, its asynchronous client and openai-node."""
import json
import re

import pytest

from harness import backend, golden, raw
from harness.cases import answered, cases, failed
from harness.laws import chat_chunks

ID = re.compile(r"chatcmpl-[A-Za-z0-9]{20,}")
OSLO_ROME = [("call_a", '{"city":"Oslo"}'), ("call_b", '{"city":"Rome"}')]
TOOL = {"type": "function", "function": {"name": "get_weather", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}
CITY = {"type": "json_schema", "json_schema": {"name": "city", "strict": True, "schema": {
    "type": "object", "properties": {"city": {"type": "string"}, "pop": {"type": "integer"}}, "required": ["city", "pop"], "additionalProperties": False}}}


def first_choice(speak, server, model, **members):
    document = speak(server).chat(model, **members)["document"]
    assert len(document["choices"]) == 1
    return document["choices"][0]


def events_of(speak, server, model, strict=True, **members):
    told = speak(server, strict=strict).chat_events(model, **members)
    assert told.error is None, told.error
    return told


def calls_told(told):
    """Each call of a stream put together: index -> (id, name, arguments)."""
    calls = {}
    for delta in told.deltas():
        for part in delta.get("tool_calls") or []:
            call = calls.setdefault(part["index"], ["", "", ""])
            call[0] += part.get("id") or ""
            call[1] += (part.get("function") or {}).get("name") or ""
            call[2] += (part.get("function") or {}).get("arguments") or ""
    return {index: tuple(call) for index, call in calls.items()}


def text_told(told):
    return "".join(delta.get("content") or "" for delta in told.deltas())


# Group C
def test_C01_C02_C03_C04_minimal_create(speak, replay_server):
    document = speak(replay_server).chat("f01-plain-text")["document"]
    choice = document["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "Hello, world.", "refusal": None, "annotations": []}
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "stop", None) and ID.fullmatch(document["id"])
    assert document["usage"] == {
        "prompt_tokens": 12, "completion_tokens": 6, "total_tokens": 18,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}}


def test_C03_compat16_ids_differ_between_requests(speak, live_path_server, fake_upstream):
    """As the backend's do: they are made from them."""
    for number in range(4):
        parts = (backend.created(), backend.message(0, ["Hi"]), backend.completed())
        fake_upstream.script(backend.reply([chunk.replace(backend.IDENT.encode(), b"resp_%d" % number) for part in parts for chunk in part]))
    ids = [speak(live_path_server).chat("m")["document"]["id"] for _ in range(2)]
    ids += [speak(live_path_server).chat_events("m").items[0]["id"] for _ in range(2)]
    assert len(set(ids)) == 4 and all(ID.fullmatch(i) for i in ids)


def test_C05_two_calls_and_no_text(speak, live_path_server, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.function_call(0, "call_a", "f", ["{}"]), backend.function_call(1, "call_b", "g", ["{}"]),
                                       backend.completed()))
    choice = first_choice(speak, live_path_server, "m")
    assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] is None
    assert [(c["id"], c["function"]["name"]) for c in choice["message"]["tool_calls"]] == [("call_a", "f"), ("call_b", "g")]


def test_C06_compat08_text_before_the_calls(speak, replay_server):
    choice = first_choice(speak, replay_server, "f04-parallel-tools", tools=[TOOL])
    assert choice["message"]["content"] == "Checking both." and choice["finish_reason"] == "tool_calls"
    assert [(c["id"], c["function"]["arguments"]) for c in choice["message"]["tool_calls"]] == OSLO_ROME


def test_C07_custom_tool_call(speak, replay_server):
    choice = first_choice(speak, replay_server, "f05-custom-tool")
    assert choice["message"]["tool_calls"] == [{"id": "call_f05", "type": "custom", "custom": {
        "name": "apply_patch", "input": "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n"}}]
    assert choice["finish_reason"] == "tool_calls"


FUNCTIONS = [{"name": "get_weather", "parameters": TOOL["function"]["parameters"]}]


def test_C08_legacy_function_call(speak, replay_server):
    choice = first_choice(speak, replay_server, "f03-tool-call", functions=FUNCTIONS)
    assert choice["finish_reason"] == "function_call" and "tool_calls" not in choice["message"]
    assert choice["message"]["function_call"] == {"name": "get_weather", "arguments": '{"city":"Kraków"}'}


def test_C08_two_calls_of_one_function_get_ids_of_their_own(speak, live_path_server):
    """Legacy messages have no ids: each result belongs to the nearest unanswered call of its name."""
    messages = [{"role": "user", "content": "?"}]
    for city, weather in (("Oslo", "rain"), ("Rome", "sun")):
        messages += [{"role": "assistant", "content": None, "function_call": {"name": "get_weather", "arguments": json.dumps({"city": city})}},
                     {"role": "function", "name": "get_weather", "content": weather}]
    speak(live_path_server).chat("f01-plain-text", messages=messages, functions=FUNCTIONS)
    items = live_path_server.upstream_requests()[-1].body["input"][1:]
    assert [i["type"] for i in items] == ["function_call", "function_call_output"] * 2
    assert items[0]["call_id"] == items[1]["call_id"] != items[2]["call_id"] == items[3]["call_id"]
    assert [i["output"] for i in items[1::2]] == ["rain", "sun"]


@pytest.mark.parametrize("model,reason,python,node", [
    ("f10-length", "length", "LengthFinishReasonError", "OpenAIError"),
    ("f11-content-filter", "content_filter", "ContentFilterFinishReasonError", "ContentFilterFinishReasonError")])
def test_C09_C10_K12_limits(speak, replay_server, model, reason, python, node):
    """The plain calls tell the reason; what parses raises: openai-node finds half a document before it looks at the reason."""
    assert first_choice(speak, replay_server, model)["finish_reason"] == reason
    assert events_of(speak, replay_server, model).choices()[-1]["finish_reason"] == reason
    helped = speak(replay_server).chat_helper(model, response_format=CITY)
    with pytest.raises(Exception) as caught:
        raise helped.error or AssertionError(helped.final)
    assert caught.value.classes[0] == (node if speak.kind == "node" else python)


def test_C11_K11_refusal(speak, replay_server):
    choice = first_choice(speak, replay_server, "f08-refusal")
    assert (choice["message"]["content"], choice["message"]["refusal"], choice["finish_reason"]) == (None, "I can't help with that.", "stop")
    told = events_of(speak, replay_server, "f08-refusal")
    assert "".join(d.get("refusal") or "" for d in told.deltas()) == "I can't help with that." and text_told(told) == ""
    assert speak(replay_server).chat_helper("f08-refusal").final["choices"][0]["message"]["refusal"] == "I can't help with that."


def test_C12_annotations(speak, replay_server):
    assert first_choice(speak, replay_server, "f06b-annotation")["message"]["annotations"] == [{"type": "url_citation", "url_citation": {
        "url": "https://example.org/a", "title": "A", "start_index": 8, "end_index": 46}}]


@pytest.mark.parametrize("wanted", [CITY, {"type": "json_object"}], ids=lambda v: v["type"])
def test_C13_response_format(speak, live_path_server, wanted):
    choice = first_choice(speak, live_path_server, "f09-structured", response_format=wanted)
    assert json.loads(choice["message"]["content"]) == {"city": "Paris", "pop": 2102650}
    sent = live_path_server.upstream_requests()[-1].body["text"]["format"]
    assert sent == {"type": "json_schema", **wanted["json_schema"]} if "json_schema" in wanted else sent == wanted


# Group K
@pytest.mark.parametrize("usage", [False, True], ids=["K01", "K02"])
@pytest.mark.parametrize("case", answered(), ids=repr)
def test_K01_K02_golden(replay_server, case, usage):
    body = raw.chat(replay_server, case.name, True, usage).body
    chat_chunks(body, usage)
    golden.check(f"chat/{case.name}{'.usage' if usage else ''}.sse", body)


def test_K01_K10_compat01_compat03_roles_and_finish_reasons(speak, replay_server):
    choices = events_of(speak, replay_server, "f04-parallel-tools").choices()
    assert [c["delta"].get("role") for c in choices] == ["assistant"] + [None] * (len(choices) - 1)
    reasons = [c["finish_reason"] for c in choices]
    assert reasons == [None] * (len(choices) - 1) + ["tool_calls"] and choices[-1]["delta"] == {}


def test_K02_K03_compat05_compat06_compat15_usage_chunk(speak, replay_server):
    told = events_of(speak, replay_server, "f02-reasoning", stream_options={"include_usage": True})
    assert [c.get("usage") for c in told.items[:-1]] == [None] * (len(told.items) - 1)
    assert told.items[-1]["choices"] == [] and told.items[-1]["usage"]["total_tokens"] == 95
    assert told.items[-1]["usage"]["completion_tokens_details"]["reasoning_tokens"] == 32
    assert told.items[-2]["choices"][0]["finish_reason"] == "stop", "the usage chunk is one more, after the finish"
    plain = events_of(speak, replay_server, "f02-reasoning")
    assert not any("usage" in chunk for chunk in plain.items) and all(len(chunk["choices"]) == 1 for chunk in plain.items)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}], ids=["no_usage", "usage"])
def test_compat04_every_chunk_has_a_list_of_choices(speak, replay_server, options):
    told = events_of(speak, replay_server, "f01-plain-text", **options)
    assert told.items and all(isinstance(chunk["choices"], list) for chunk in told.items)


@pytest.mark.parametrize("model,text", [("f01-plain-text", "Hello, world."), ("f02-reasoning", "Use B."), ("f21c-inside-characters", None)])
def test_K04_K05_text_of_the_helper(speak, replay_server, model, text):
    told = speak(replay_server).chat_helper(model)
    wanted = text or next(c for c in answered() if c.name == model).chat_text
    assert told.error is None and told.final["choices"][0]["message"]["content"] == wanted


def test_K06_compat02_index_counts_calls_not_items(speak, live_path_server, fake_upstream):
    """Reasoning is item 0, the calls are items 1 and 2: their indices are 0 and 1."""
    reasoning = {"id": "rs_1", "type": "reasoning", "summary": []}
    told_first = [backend.record("response.output_item.added", output_index=0, item=reasoning), backend.record("response.output_item.done", output_index=0, item=reasoning)]
    fake_upstream.script(backend.reply(backend.created(), told_first, backend.function_call(1, "call_a", "f", ['{"a":', "1}"]),
                                       backend.function_call(2, "call_b", "g", ["{}"]), backend.completed()))
    told = events_of(speak, live_path_server, "m")
    assert calls_told(told) == {0: ("call_a", "f", '{"a":1}'), 1: ("call_b", "g", "{}")}


def test_K07_compat09_interleaved_calls(speak, replay_server):
    told = events_of(speak, replay_server, "f04b-interleaved-tools")
    assert calls_told(told) == {0: ("call_a", "get_weather", '{"city":"Oslo"}'), 1: ("call_b", "get_weather", '{"city":"Rome"}')}


@pytest.mark.parametrize("model,arguments", [("f04c-arguments-in-done-only", "{}"), ("f04d-done-longer-than-deltas", '{"city":"Lima"}')])
def test_K08_K09_arguments_from_the_done_event(speak, replay_server, model, arguments):
    assert [call[2] for call in calls_told(events_of(speak, replay_server, model)).values()] == [arguments]


def test_K08_a_call_that_was_never_announced(speak, live_path_server, fake_upstream):
    done = backend.function_call(0, "call_late", "f", [], arguments='{"x":1}')[-1:]
    fake_upstream.script(backend.reply(backend.created(), done, backend.completed()))
    assert calls_told(events_of(speak, live_path_server, "m")) == {0: ("call_late", "f", '{"x":1}')}


def test_K10_compat14_name_and_id_once(speak, replay_server):
    parts = [part for delta in events_of(speak, replay_server, "f04b-interleaved-tools").deltas() for part in delta.get("tool_calls") or []]
    assert all(type(part["index"]) is int for part in parts)
    assert [(p["index"], p["id"], p["type"]) for p in parts if p.get("id")] == [(0, "call_a", "function"), (1, "call_b", "function")]
    assert len(parts) > 2 and all(not p.get("id") and not (p["function"].get("name")) for p in parts if p["function"].get("arguments"))


LOGPROBS = [{"token": "Hi", "logprob": -0.25, "bytes": [72, 105], "top_logprobs": []}]


def test_K13_logprobs_of_upstream_are_told(speak, live_path_server, fake_upstream):
    text = [c.replace(b'"delta": "Hi"', b'"logprobs": ' + json.dumps(LOGPROBS).encode() + b', "delta": "Hi"') for c in backend.message(0, ["Hi"], logprobs=LOGPROBS)]
    for _ in range(2):
        fake_upstream.script(backend.reply(backend.created(), text, backend.completed()))
    told = events_of(speak, live_path_server, "m", logprobs=True)
    found = [entry for choice in told.choices() for entry in (choice.get("logprobs") or {}).get("content") or []]
    assert found == LOGPROBS
    assert first_choice(speak, live_path_server, "m", logprobs=True)["logprobs"]["content"] == LOGPROBS


def test_K14_annotations_once(speak, replay_server):
    told = events_of(speak, replay_server, "f06b-annotation")
    assert [len(d["annotations"]) for d in told.deltas() if d.get("annotations")] == [1]
    final = speak(replay_server).chat_helper("f06b-annotation").final["choices"][0]["message"]
    assert [a["url_citation"]["url"] for a in final["annotations"]] == ["https://example.org/a"]


def test_K17_legacy_function_deltas(speak, replay_server):
    told = events_of(speak, replay_server, "f03-tool-call", functions=FUNCTIONS)
    parts = [d["function_call"] for d in told.deltas() if d.get("function_call")]
    assert "".join(p.get("name") or "" for p in parts) == "get_weather"
    assert "".join(p.get("arguments") or "" for p in parts) == '{"city":"Kraków"}'
    assert told.choices()[-1]["finish_reason"] == "function_call" and calls_told(told) == {}


@pytest.mark.parametrize("model", ["f04-parallel-tools", "f02-reasoning"])
def test_K19_compat16_one_identity(speak, replay_server, model):
    told = events_of(speak, replay_server, model, stream_options={"include_usage": True})
    for name in ("id", "created", "model", "object"):
        assert len({chunk[name] for chunk in told.items}) == 1
    assert ID.fullmatch(told.items[0]["id"]) and told.items[0]["object"] == "chat.completion.chunk" and type(told.items[0]["created"]) is int


def test_K20_custom_tool_stream(speak, replay_server):
    told = events_of(speak, replay_server, "f05-custom-tool", strict=False)
    parts = [part for delta in told.deltas() for part in delta.get("tool_calls") or []]
    assert (parts[0]["id"], parts[0]["type"], parts[0]["custom"]["name"]) == ("call_f05", "custom", "apply_patch")
    assert "".join(p["custom"].get("input") or "" for p in parts) == "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n"


def test_K21_an_empty_answer(speak, replay_server):
    choices = events_of(speak, replay_server, "f24g-empty").choices()
    assert choices[0]["delta"]["role"] == "assistant" and choices[-1]["finish_reason"] == "stop"


def test_K22_no_usage_upstream(speak, live_path_server, fake_upstream):
    for _ in range(3):
        fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Hi"]), backend.completed(None)))
    told = events_of(speak, live_path_server, "m", stream_options={"include_usage": True})
    assert all(chunk["choices"] for chunk in told.items) and not any(chunk.get("usage") for chunk in told.items)
    assert "usage" not in speak(live_path_server).chat("m")["document"]
    assert speak(live_path_server).chat_helper("m", stream_options={"include_usage": True}).final["choices"][0]["message"]["content"] == "Hi"


# What clients of others met (compatibility 2.1)
def test_compat07_the_whole_text_is_not_sent_again(speak, replay_server):
    told = events_of(speak, replay_server, "f01-plain-text", stream_options={"include_usage": True})
    assert text_told(told) == "Hello, world."
    usage = told.items[-1]["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == 0 and usage["completion_tokens_details"]["reasoning_tokens"] == 0


def test_compat08_text_then_calls_in_a_stream(speak, replay_server):
    told = events_of(speak, replay_server, "f04-parallel-tools")
    assert text_told(told) == "Checking both." and [call[2] for call in calls_told(told).values()] == [a for _, a in OSLO_ROME]
    assert told.choices()[-1]["finish_reason"] == "tool_calls"


def test_compat10_the_id_of_a_call_is_taken_back(speak, live_path_server):
    call = first_choice(speak, live_path_server, "f03-tool-call", tools=[TOOL])["message"]["tool_calls"][0]
    speak(live_path_server).chat("f01-plain-text", tools=[TOOL], messages=[
        {"role": "user", "content": "?"}, {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "rain"}])
    items = live_path_server.upstream_requests()[-1].body["input"]
    assert [i["call_id"] for i in items if "call_id" in i] == ["call_f03", "call_f03"]


def test_compat13_the_history_of_the_assistant_is_output_text(speak, live_path_server):
    speak(live_path_server).chat("f01-plain-text", messages=[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}])
    items = live_path_server.upstream_requests()[-1].body["input"]
    assert [(i["role"], [p["type"] for p in i["content"]]) for i in items] == [("user", ["input_text"]), ("assistant", ["output_text"]), ("user", ["input_text"])]


def test_compat13_refusal_and_length(speak, replay_server):
    refused = first_choice(speak, replay_server, "f08-refusal")["message"]
    assert refused["content"] is None and refused["refusal"]
    assert first_choice(speak, replay_server, "f10-length")["finish_reason"] == "length"


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E19_E21_compat22_a_failed_stream_has_no_finish(speak, replay_server, case):
    told = speak(replay_server).chat_events(case.name)
    assert told.error is not None and "APIError" in told.error.classes and told.error.status is None and told.error.message
    assert not any(choice["finish_reason"] for choice in told.choices())


def test_there_are_limits_to_try():
    assert {c.name for c in cases("incomplete")} >= {"f10-length", "f11-content-filter"}
