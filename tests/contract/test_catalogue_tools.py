"""The tools a request may hold and what a reply tells of them: cases of groups C and R of the contract and of compatibility 2.5 to 2.7, each
with openai-python, its asynchronous client and openai-node."""
import pytest

from harness import backend, raw

PLAIN = "f01-plain-text"
USER = {"role": "user", "content": "hi"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
FLAT = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": None}


# Tools
def test_compat62_a_tool_without_a_name(ask):
    ask.refused(lambda: ask.chat(tools=[{"type": "function", "function": {"parameters": SCHEMA}}]), param="tools[0].function.name")
    ask.refused(lambda: ask.response(tools=[{"type": "function", "parameters": SCHEMA}]), param="tools[0].name")


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object"}], ids=["null", "empty", "bare"])
def test_compat63_schemas_without_properties(ask, parameters):
    sent = ask.sent_after_response(tools=[{"type": "function", "name": "now", "parameters": parameters, "strict": False}])["tools"][0]["parameters"]
    assert sent == {"type": "object", "properties": {}}


def test_compat65_arrays_without_items(ask):
    schema = {"type": "object", "properties": {"tags": {"type": "array"}}}
    ask.response(tools=[{"type": "function", "name": "tag", "parameters": schema, "strict": False}])
    assert ask.sent()["tools"][0]["parameters"]["properties"]["tags"] == {"type": "array", "items": {}}


def test_compat67_a_choice_that_is_no_tool(ask):
    ask.refused(lambda: ask.chat(tools=[WEATHER], tool_choice={"type": "function", "function": {"name": "other"}}), param="tool_choice")
    ask.refused(lambda: ask.response(tool_choice="required"), param="tool_choice")


def test_R29_compat68_choices(ask):
    for choice in ("none", "auto", "required"):
        assert ask.sent_after_chat(tools=[WEATHER], tool_choice=choice)["tool_choice"] == choice
        assert ask.response(tools=[FLAT], tool_choice=choice)["tool_choice"] == choice
    named = {"type": "function", "name": "get_weather"}
    assert ask.sent_after_chat(tools=[WEATHER], tool_choice={"type": "function", "function": {"name": "get_weather"}})["tool_choice"] == named
    assert ask.response(tools=[FLAT], tool_choice=named)["tool_choice"] == named and ask.sent()["tool_choice"] == named


def test_C35_R29_compat68_allowed_tools_are_the_only_ones_sent(ask):
    other = {"type": "function", "function": {"name": "other", "parameters": SCHEMA}}
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_weather"}}]}
    body = ask.sent_after_chat(tools=[other, WEATHER], tool_choice={"type": "allowed_tools", "allowed_tools": allowed})
    assert [tool["name"] for tool in body["tools"]] == ["get_weather"] and body["tool_choice"] == "required"
    choice = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "get_weather"}]}
    document = ask.response(tools=[FLAT, {**FLAT, "name": "other"}], tool_choice=choice)
    assert document["tool_choice"] == choice and len(document["tools"]) == 2 and len(ask.sent()["tools"]) == 1


def test_compat69_parallel_calls(ask):
    assert ask.sent_after_chat()["parallel_tool_calls"] is True and ask.sent_after_chat(tools=[WEATHER], parallel_tool_calls=False)["parallel_tool_calls"] is False


def test_compat70_grammars_and_clients_that_know_functions_only(ask):
    nested = {"type": "custom", "custom": {"name": "apply_patch", "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /.+/"}}}}
    call = ask.chat("f05-custom-tool", tools=[nested])["choices"][0]["message"]["tool_calls"][0]
    assert ask.sent()["tools"][0]["format"] == {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}
    assert call["type"] == "custom" and call["custom"]["input"].startswith("*** Begin Patch")
    body = {"model": "f05-custom-tool", "input": [USER], "tools": [{"type": "custom", "name": "apply_patch"}]}  # Cursor's shape
    call = raw.call(ask.server, "POST", "/v1/chat/completions", body).json()["choices"][0]["message"]["tool_calls"][0]
    assert call["type"] == "function" and call["function"]["name"] == "apply_patch" and call["function"]["arguments"].startswith("*** Begin Patch")


def test_compat70_calls_that_were_shown_as_functions_come_back(ask):
    tool = {"type": "custom", "name": "apply_patch"}
    call = raw.call(ask.server, "POST", "/v1/chat/completions", {"model": "f05-custom-tool", "input": [USER], "tools": [tool]}).json()["choices"][0]["message"]["tool_calls"][0]
    history = [USER, {"type": "function_call", "call_id": call["id"], **call["function"]}, {"type": "function_call_output", "call_id": call["id"], "output": "done"}]
    body = {"model": PLAIN, "input": history, "tools": [tool], "text": {"verbosity": "low"}, "previous_response_id": None}
    answer = raw.call(ask.server, "POST", "/v1/chat/completions", body)
    assert answer.status == 200 and not answer.header("x-ocx-ignored") and ask.sent()["text"] == {"verbosity": "low"}
    called, returned = ask.sent()["input"][1:]
    assert called == {"type": "custom_tool_call", "call_id": call["id"], "name": "apply_patch", "input": call["function"]["arguments"]}
    assert returned == {"type": "custom_tool_call_output", "call_id": call["id"], "output": "done"}


def test_long_tool_names_come_back_whole_and_arguments_byte_for_byte(ask, speak, fake_upstream):
    name, arguments = "look_up_" + "x" * 70, '{ "n": 1.0, "n":1e2,\t"z":"\\u00e9 \\/", "a" : [ ] }'
    chat, flat = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}}], [{**FLAT, "name": name}]
    short = ask.sent_after_chat(tools=chat)["tools"][0]["name"]
    assert len(short) == 64
    for _ in range(4):
        fake_upstream.script(backend.reply(backend.created(), backend.function_call(0, "call_1", short, [arguments[:9], arguments[9:]]), backend.completed()))
    assert ask.chat(tools=chat)["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": name, "arguments": arguments}
    parts = [part["function"] for delta in speak(ask.server).chat_events(PLAIN, tools=chat).deltas() for part in delta.get("tool_calls") or []]
    assert [part["name"] for part in parts if part.get("name")] == [name] and "".join(part.get("arguments") or "" for part in parts) == arguments
    item = ask.response(tools=flat)["output"][0]
    assert (item["name"], item["arguments"]) == (name, arguments)
    told = speak(ask.server).response_events(PLAIN, tools=flat)
    (done,) = told.of_type("response.function_call_arguments.done")
    assert (done["name"], done["arguments"]) == (name, arguments)
    assert {event["item"]["name"] for kind in ("added", "done") for event in told.of_type(f"response.output_item.{kind}")} == {name}
    assert short not in str(told.items)


def test_compat71_formats(ask):
    schema = {"name": "city", "schema": SCHEMA, "strict": True, "description": "d"}
    assert ask.sent_after_chat(response_format={"type": "json_schema", "json_schema": schema})["text"]["format"] == {"type": "json_schema", **schema}
    assert ask.sent_after_chat(response_format={"type": "json_object"})["text"]["format"] == {"type": "json_object"}
    assert "text" not in ask.sent_after_chat(response_format={"type": "text"})
    assert ask.sent_after_response(text={"format": {"type": "json_schema", **schema}})["text"]["format"] == {"type": "json_schema", **schema}


def test_compat73_strict_is_kept_as_it_is(ask):
    for strict in (True, False):
        assert ask.sent_after_chat(tools=[{"type": "function", "function": {"name": "f", "parameters": SCHEMA, "strict": strict}}])["tools"][0]["strict"] is strict
    assert "strict" not in ask.sent_after_chat(tools=[WEATHER])["tools"][0]


def test_compat40_the_older_names_of_search(ask):
    for name in ("web_search_preview", "web_search_preview_2025_03_11"):
        body = ask.sent_after_response(tools=[{"type": name}], tool_choice={"type": name})
        assert body["tools"] == [{"type": "web_search"}] and body["tool_choice"] == {"type": "web_search"}
    assert ask.sent_after_response(tools=[{"type": "web_search"}])["tools"] == [{"type": "web_search"}]


def test_C34_search_options_become_the_tool(ask):
    body = ask.sent_after_chat(web_search_options={"search_context_size": "low", "user_location": {"type": "approximate", "approximate": {"city": "Oslo"}}})
    assert body["tools"] == [{"type": "web_search", "search_context_size": "low", "user_location": {"type": "approximate", "city": "Oslo"}}]


@pytest.mark.parametrize("tool", [{"type": "file_search", "vector_store_ids": ["vs_1"]}, {"type": "code_interpreter", "container": {"type": "auto"}},
                                  {"type": "mcp", "server_label": "s", "server_url": "https://example.org"}], ids=lambda tool: tool["type"])
def test_R30_hosted_tools_that_are_not_here(ask, tool):
    ask.refused(lambda: ask.response(tools=[tool]), code="unsupported_value", param="tools[0].type")


# Replies to what was asked
def test_R05_usage_is_null_when_upstream_told_none(ask, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["a"]), backend.completed(usage=None)))
    assert ask.response()["usage"] is None


def test_R07_metadata(ask):
    assert ask.response(metadata={"k" * 64: "v" * 512})["metadata"] == {"k" * 64: "v" * 512}
    ask.refused(lambda: ask.response(metadata={f"k{n}": "v" for n in range(17)}), param="metadata")
    ask.refused(lambda: ask.response(metadata={"k" * 65: "v"}), code="string_above_max_length")
    ask.refused(lambda: ask.chat(metadata={"k": "v" * 513}), code="string_above_max_length")


def test_R25_refusals(ask):
    parts = ask.response("f08-refusal")["output"][0]["content"]
    assert parts == [{"type": "refusal", "refusal": "I can't help with that."}]


def test_R26_incomplete(ask):
    document = ask.response("f10-length")
    assert document["status"] == "incomplete" and document["incomplete_details"] == {"reason": "max_output_tokens"}


def test_R27_searches_have_an_action(ask, speak, replay_server):
    search = next(item for item in ask.response("f06-web-search")["output"] if item["type"] == "web_search_call")
    assert search["action"]["type"] == "search" and search["status"] == "completed"
    added = [event["item"] for event in speak(replay_server).response_events("f06-web-search").of_type("response.output_item.added")]
    assert next(item for item in added if item["type"] == "web_search_call")["action"]["type"] == "search"


def test_R28_images(ask):
    image = next(item for item in ask.response("f07-image", tools=[{"type": "image_generation"}])["output"] if item["type"] == "image_generation_call")
    assert image["result"] == "iVBORw0KGgo=" and image["status"] == "completed"


def test_compat74_citations_in_chat(ask, speak, replay_server):
    note = ask.chat("f06b-annotation")["choices"][0]["message"]["annotations"][0]
    assert note == {"type": "url_citation", "url_citation": {"url": "https://example.org/a", "title": "A", "start_index": 8, "end_index": 46}}
    assert not ask.chat("f06b-annotation")["choices"][0]["message"].get("tool_calls"), "a search is no function call"
    deltas = speak(replay_server).chat_events("f06b-annotation").deltas()
    assert [delta["annotations"] for delta in deltas if "annotations" in delta] == [[note]]


def test_compat79_bodies_over_the_limit(ask, serve, login):
    small = serve("--backend-base-url", ask.server.upstream.base_url, "--auth-json", login.path, "--max-body-bytes", "2000")
    answer = raw.responses(small, PLAIN, False, metadata={"k": "v" * 3000})
    assert answer.status == 413 and "2000" in answer.json()["error"]["message"]
    ask.response(input=[{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64," + "A" * 3_000_000}]}])
    assert len(ask.sent()["input"][0]["content"][0]["image_url"]) > 3_000_000


def test_compat81_compat85_thinking_before_the_answer(ask, speak, replay_server):
    told = speak(replay_server, strict=False).chat_events("f02-reasoning", reasoning_effort="low", reasoning={"summary": "auto"}) if speak.kind == "node" else \
        speak(replay_server, strict=False).chat_events("f02-reasoning", reasoning_effort="low", extra_body={"reasoning": {"summary": "auto"}})
    words = [("thought", d["reasoning_content"]) if d.get("reasoning_content") else ("text", d["content"]) for d in told.deltas() if d.get("reasoning_content") or d.get("content")]
    assert [kind for kind, _ in words] == ["thought", "thought", "text", "text"] and "".join(w for k, w in words if k == "thought") == "**Comparing** both options"
    details = ask.chat(PLAIN)["usage"]["completion_tokens_details"]
    assert details["reasoning_tokens"] == 0


@pytest.mark.parametrize("how,start", [("field", "Use"), ("think-tags", "<think>\n**Comparing** both options\n</think>\n\nUse"), ("off", "Use")])
def test_compat82_compat83_field_tags_or_nothing(replay_server, speak, how, start):
    headers = {"x-ocx-reasoning": how}
    message = raw.call(replay_server, "POST", "/v1/chat/completions", {"model": "f02-reasoning", "messages": [USER]}, headers).json()["choices"][0]["message"]
    assert message["content"].startswith(start) and ("reasoning_content" in message) == (how == "field")
    assert how == "think-tags" or "think" not in message["content"]
    # Without a word about it nothing of the thinking shows, for any client.
    assert "reasoning_content" not in speak(replay_server).chat("f02-reasoning")["document"]["choices"][0]["message"]
