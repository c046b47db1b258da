"""What requests may hold, and what becomes of it: cases of groups C and R of the contract and of compatibility 2.3 to 2.6, each with
openai-python, its asynchronous client and openai-node."""
import pytest

from harness import raw
from harness.cases import CASSETTES

PLAIN, TOOLS = "f01-plain-text", "f03-tool-call"
CATALOGUED = "gpt-5.6-luna"  # refuses the efforts none and minimal
USER = {"role": "user", "content": "hi"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="session")
def strict_process(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--strict")


def header(server, path, body, name):
    return raw.call(server, "POST", path, body).header(name) or ""


def kinds(items):
    return [item.get("type", "message") for item in items]


# Chat: messages
def test_C17_tool_results_in_text_parts(ask):
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    items = ask.sent_after_chat(messages=[USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": parts}])["input"]
    assert items[-1] == {"type": "function_call_output", "call_id": "call_1",
                         "output": [{"type": "input_text", "text": "one "}, {"type": "input_text", "text": "two"}]}


def test_C18_compat54_compat55_orphans_are_repaired(ask):
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    items = ask.sent_after_chat(messages=[USER, {"role": "tool", "tool_call_id": "call_0", "content": "left over"},
                                          {"role": "assistant", "tool_calls": [call]}, USER])["input"]
    assert kinds(items) == ["message", "message", "function_call", "function_call_output", "message"]
    assert "left over" in str(items[1]) and items[1]["role"] == "assistant" and items[2]["call_id"] == items[3]["call_id"]


@pytest.mark.parametrize("messages", [
    [USER, {"role": "tool", "tool_call_id": "call_0", "content": "left over"}],
    [USER, {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, USER]])
def test_C18_orphans_are_refused_when_strict(strict_process, messages):
    answer = raw.call(strict_process, "POST", "/v1/chat/completions", {"model": PLAIN, "messages": messages})
    assert answer.status == 400 and answer.json()["error"]["param"].startswith("messages[")


def test_C20_R21_files(ask):
    file = {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}
    ask.chat(messages=[{"role": "user", "content": [{"type": "text", "text": "?"}, {"type": "file", "file": file}]}])
    ask.response(input=[{"role": "user", "content": [{"type": "input_text", "text": "?"}, {"type": "input_file", **file}]}])
    bodies = [request.body["input"][0]["content"] for request in ask.server.upstream_requests()]
    assert bodies[0] == bodies[1] == [{"type": "input_text", "text": "?"}, {"type": "input_file", **file}]
    ask.refused(lambda: ask.chat(messages=[{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]),
                code="unsupported_value", param="messages[0].content[0].file.file_id")
    ask.refused(lambda: ask.response(input=[{"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}]), code="unsupported_value")


def test_C21_audio_is_refused(ask):
    sound = {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}
    ask.refused(lambda: ask.chat(messages=[{"role": "user", "content": [sound]}]), code="unsupported_value", param="messages[0].content[0].type")
    ask.refused(lambda: ask.chat(modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}), code="unsupported_value", param="modalities[1]")
    assert ask.chat(modalities=["text"])["choices"]


def test_compat58_a_tool_role_goes_on_by_its_id(ask):
    call = ask.chat(TOOLS, tools=[WEATHER])["choices"][0]["message"]["tool_calls"][0]
    items = ask.sent_after_chat(messages=[USER, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": call["id"], "content": "rain"}])["input"]
    assert items[-2]["call_id"] == items[-1]["call_id"] == call["id"] and items[-2]["arguments"] == call["function"]["arguments"]


def test_compat38_compat39_system_text_keeps_its_authority_and_order(ask):
    body = ask.sent_after_chat(messages=[{"role": "system", "content": "A"}, {"role": "developer", "content": [{"type": "text", "text": "B"}]}, USER,
                                         {"role": "system", "content": "C"}])
    assert body["instructions"] == "A\n\nB" and [i["role"] for i in body["input"]] == ["user", "developer"]
    items = ask.sent_after_response(input=[{"role": "system", "content": "A"}, {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "B"}]}, USER])["input"]
    assert [i["role"] for i in items] == ["developer", "developer", "user"]


def test_compat37_instructions_are_always_text(ask):
    assert ask.sent_after_chat()["instructions"] == "" and ask.sent_after_response()["instructions"] == ""
    assert ask.sent_after_response(instructions="Be brief.")["instructions"] == "Be brief."


# Chat and Responses: sampling, limits, identity
def test_C25_logprobs_are_asked_for(ask):
    assert "message.output_text.logprobs" in ask.sent_after_chat(logprobs=True)["include"]
    ask.refused(lambda: ask.chat(logprobs=True, top_logprobs=5), code="unsupported_parameter", param="top_logprobs")
    ask.refused(lambda: ask.chat(top_logprobs=5), code="invalid_value", param="top_logprobs")


def test_C26_logit_bias(ask):
    assert "logit_bias" not in ask.sent_after_chat(logit_bias={})
    ask.refused(lambda: ask.chat(logit_bias={"50256": -100}), code="unsupported_parameter", param="logit_bias")


def test_C27_compat34_what_stays_here(ask):
    members = {"user": "u-1", "safety_identifier": "s-1", "metadata": {"k": "v"}}
    body = ask.sent_after_chat(seed=7, prediction={"type": "content", "content": "x"}, store=False, **members)
    assert not {"seed", "prediction", "user", "safety_identifier", "metadata"} & set(body) and "u-1" not in str(body) and "s-1" not in str(body)
    document = ask.response(context_management=[{"type": "compaction", "compact_threshold": 1000}], **members)
    assert (document["metadata"], document["user"], document["safety_identifier"]) == ({"k": "v"}, "u-1", "s-1")
    assert not {"context_management", *members} & set(ask.sent()) and "u-1" not in str(ask.sent())


def test_C28_compat33_sampling_is_accepted_and_reported(ask):
    members = {"temperature": 0, "top_p": 0.5}
    assert not set(members) & set(ask.sent_after_chat(frequency_penalty=1, presence_penalty=-1, seed=1, **members))
    assert not set(members) & set(ask.sent_after_response(**members))
    told = header(ask.server, "/v1/chat/completions", {"model": PLAIN, "messages": [USER], "temperature": 0, "frequency_penalty": 1}, "x-ocx-ignored")
    assert {"temperature", "frequency_penalty"} <= set(told.split(", "))


def test_C28_sampling_is_refused_when_strict(strict_process):
    answer = raw.call(strict_process, "POST", "/v1/chat/completions", {"model": PLAIN, "messages": [USER], "temperature": 0})
    assert answer.status == 400 and (answer.json()["error"]["code"], answer.json()["error"]["param"]) == ("unsupported_parameter", "temperature")


def test_compat30_compat32_limits_never_go_upstream(ask):
    limits = {"max_output_tokens", "max_tokens", "max_completion_tokens"}
    assert not limits & set(ask.sent_after_chat(max_tokens=500)) and not limits & set(ask.sent_after_chat(max_completion_tokens=500))
    assert not limits & set(ask.sent_after_response(max_output_tokens=500))
    answer = raw.responses(ask.server, PLAIN, False, max_tokens=500)
    assert answer.status == 200 and not limits & set(ask.sent())


def test_C30_verbosity_is_not_forced(ask):
    assert "text" not in ask.sent_after_chat() and "text" not in ask.sent_after_response()
    assert ask.sent_after_chat(verbosity="high")["text"] == {"verbosity": "high"}


@pytest.mark.parametrize("effort,sent", [("none", "low"), ("minimal", "low"), ("low", "low"), ("high", "high"), ("xhigh", "xhigh")])
def test_C31_compat42_efforts_are_clamped_to_what_the_model_has(ask, effort, sent):
    assert ask.sent_after_chat(model=CATALOGUED, reasoning_effort=effort)["reasoning"] == {"effort": sent}
    assert ask.sent_after_response(model=CATALOGUED, reasoning={"effort": effort})["reasoning"] == {"effort": sent}


@pytest.mark.parametrize("name,model,effort", [(f"openai/{CATALOGUED}", CATALOGUED, None), (f"{CATALOGUED}-high", CATALOGUED, "high"),
                                               (f"openai/{CATALOGUED}-xhigh", CATALOGUED, "xhigh"), ("gpt-unknown-high", "gpt-unknown-high", None)])
def test_model_names_with_prefix_and_effort(ask, name, model, effort):
    body = ask.sent_after_chat(model=name)
    assert body["model"] == model and body.get("reasoning", {}).get("effort") == effort


@pytest.mark.parametrize("asked,sent", [("auto", None), ("default", None), ("flex", None), ("priority", "priority"), ("fast", "priority")])
def test_C32_compat41_service_tiers(ask, asked, sent):
    document = ask.chat(service_tier=asked)
    assert ask.sent().get("service_tier") == sent and document["service_tier"] in ("auto", "default", "flex", "scale", "priority")


def test_C33_prompt_cache_key(ask):
    keys = [ask.sent_after_chat(prompt_cache_key=key)["prompt_cache_key"] for key in ("one", "one", "two")]
    assert keys[0] == keys[1] != keys[2] and all(len(key) == 36 for key in keys)


def test_C36_unknown_parameters(ask):
    body = {"model": PLAIN, "messages": [USER], "no_such_thing": 1}
    assert header(ask.server, "/v1/chat/completions", body, "x-ocx-ignored") == "no_such_thing" and "no_such_thing" not in ask.sent()
    assert ask.chat()["choices"]


def test_C36_unknown_parameters_are_refused_when_strict(strict_process):
    answer = raw.call(strict_process, "POST", "/v1/responses", {"model": PLAIN, "input": "hi", "no_such_thing": 1})
    assert answer.status == 400 and answer.json()["error"]["code"] == "unknown_parameter"


def test_C37_stream_options_without_stream(ask):
    ask.refused(lambda: ask.chat(stream_options={"include_usage": True}), param="stream_options")
    ask.refused(lambda: ask.response(stream_options={"include_obfuscation": False}), param="stream_options")


def test_C38_commentary(speak, serve, replay_server):
    assert speak(replay_server).chat("f01b-phases")["document"]["choices"][0]["message"]["content"].count("\n\n") == 1
    dropping = serve("--replay", CASSETTES, "--commentary", "drop")
    kept = speak(replay_server).chat("f01b-phases")["document"]["choices"][0]["message"]["content"]
    content = speak(dropping).chat("f01b-phases")["document"]["choices"][0]["message"]["content"]
    assert kept.endswith("\n\n" + content) and content
    assert "".join(d.get("content") or "" for d in speak(dropping).chat_events("f01b-phases").deltas()) == content


# Upstream rules
def test_compat35_compat36_compat45_what_the_backend_demands(ask):
    for body in (ask.sent_after_chat(store=True), ask.sent_after_response(), ask.sent_after_response(store=True)):
        assert body["stream"] is True and body["store"] is False and "previous_response_id" not in body
    ask.refused(lambda: ask.response(previous_response_id="resp_never"), code="previous_response_not_found", param="previous_response_id")


def test_R17_every_form_of_input(ask):
    messages = [{"role": "user", "content": "a"}, {"type": "message", "role": "assistant", "content": "b"},
                {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed", "content": [{"type": "output_text", "text": "c", "annotations": []}]},
                {"role": "user", "content": [{"type": "input_text", "text": "d"}]}]
    items = ask.sent_after_response(input=messages)["input"]
    assert [[part["text"] for part in item["content"]] for item in items] == [["a"], ["b"], ["c"], ["d"]]
    assert [item["content"][0]["type"] for item in items] == ["input_text", "output_text", "output_text", "input_text"]
    assert ask.sent_after_response(input="e")["input"][0]["content"] == [{"type": "input_text", "text": "e"}]


def test_R18_tool_outputs_may_be_lists(ask):
    output = [{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": PIXEL, "detail": "low"}]
    items = ask.sent_after_response(input=[{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                                           {"type": "function_call_output", "call_id": "c", "output": output}])["input"]
    assert items[1]["output"] == output


def test_R22_custom_tools_there_and_back(ask):
    tool = {"type": "custom", "name": "apply_patch", "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}
    call = next(item for item in ask.response("f05-custom-tool", tools=[tool])["output"] if item["type"] == "custom_tool_call")
    assert ask.sent()["tools"] == [tool]
    items = ask.sent_after_response(input=[USER, call, {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": "done"}])["input"]
    assert kinds(items)[1:] == ["custom_tool_call", "custom_tool_call_output"] and items[1]["input"] == call["input"]


def test_compat50_foreign_ids_are_removed(ask):
    items = ask.sent_after_response(input=[{"type": "reasoning", "id": "thought-1", "summary": [], "encrypted_content": "g"},
                                           {"type": "function_call", "id": "x.1", "call_id": "c", "name": "f", "arguments": "{}"},
                                           {"type": "function_call_output", "id": "y", "call_id": "c", "output": "1"}])["input"]
    assert all("id" not in item for item in items)


def test_compat52_long_call_ids_are_shortened_for_both_sides(ask):
    long = "call_" + "x" * 90
    items = ask.sent_after_response(input=[{"type": "function_call", "call_id": long, "name": "f", "arguments": "{}"},
                                           {"type": "function_call_output", "call_id": long, "output": "1"}])["input"]
    assert items[0]["call_id"] == items[1]["call_id"] and len(items[0]["call_id"]) <= 64


def test_compat54_compat55_orphan_items_are_repaired(ask):
    items = ask.sent_after_response(input=[{"type": "function_call_output", "call_id": "gone", "output": "left over"},
                                           {"type": "function_call", "call_id": "open", "name": "f", "arguments": "{}"}, USER])["input"]
    assert kinds(items) == ["message", "function_call", "function_call_output", "message"] and items[2]["call_id"] == "open"


def test_compat55_interrupted_calls_are_answered_in_their_own_family(ask):
    for call, output in (("shell_call", "shell_call_output"), ("apply_patch_call", "apply_patch_call_output"), ("tool_search_call", "tool_search_output")):
        item = {"type": call, "call_id": "open", "action": {"commands": ["ls"]}, "operation": {"type": "delete_file", "path": "a"}, "arguments": {}}
        items = ask.sent_after_response(input=[item, USER])["input"]
        assert kinds(items) == [call, output, "message"] and items[1]["call_id"] == "open"
