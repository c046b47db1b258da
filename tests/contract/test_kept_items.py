"""From one turn to the next: what clients cannot send back themselves is put back from what the server remembers."""
import pytest

from harness import backend, raw
from harness.speakers import Refused

USER = {"role": "user", "content": "Weather?"}


def upstream_items(server):
    return server.upstream_requests()[-1].body["input"]


def kinds(items):
    return [item.get("type", "message") for item in items]


def told_back(message):
    """The messages of a chat client after it ran the tools."""
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "rain"} for call in message["tool_calls"]]
    return [USER, {k: v for k, v in message.items() if k in ("role", "content", "tool_calls")}, *results]


@pytest.mark.parametrize("how", ["document", "stream"])
def test_C39_reasoning_is_put_back_before_its_call(speak, live_path_server, how):
    speaker = speak(live_path_server)
    if how == "document":
        message = speaker.chat("f04-parallel-tools")["document"]["choices"][0]["message"]
    else:
        message = speaker.chat_helper("f04-parallel-tools").final["choices"][0]["message"]
    assert "gAAAAAB" not in str(message)
    speaker.chat("f04-parallel-tools", messages=told_back(message))
    items = upstream_items(live_path_server)
    assert kinds(items) == ["message", "message", "reasoning", "function_call", "function_call", "function_call_output", "function_call_output"]
    assert items[2]["encrypted_content"].startswith("gAAAAAB")


def test_C39_not_for_another_model(speak, live_path_server):
    speaker = speak(live_path_server)
    message = speaker.chat("f04-parallel-tools")["document"]["choices"][0]["message"]
    speaker.chat("f01-plain-text", messages=told_back(message))
    assert "reasoning" not in kinds(upstream_items(live_path_server))


def test_R19_compat49_references_to_items_we_returned(speak, live_path_server):
    """What the Vercel AI SDK sends on turn two, because it stores by default."""
    speaker = speak(live_path_server)
    output = speaker.response("f04-parallel-tools")["document"]["output"]
    references = [{"type": "item_reference", "id": item["id"]} for item in output]
    outputs = [{"type": "function_call_output", "call_id": item["call_id"], "output": "rain"} for item in output if item["type"] == "function_call"]
    speaker.response("f01-plain-text", input=[USER, *references, *outputs])
    items = upstream_items(live_path_server)
    assert kinds(items) == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output", "function_call_output"]
    assert items[1]["encrypted_content"].startswith("gAAAAAB")
    assert [item["arguments"] for item in items if item["type"] == "function_call"] == ['{"city":"Oslo"}', '{"city":"Rome"}']


def test_R19_R37_references_to_items_that_we_listed(speak, live_path_server):
    speaker = speak(live_path_server)
    said = [{"role": "system", "content": "Be brief."}, {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "rain"}]
    ident = speaker.response("f01-plain-text", input=said)["document"]["id"]
    listed = speaker.call("responses.input_items", {"order": "asc"}, ident)["document"]
    before = upstream_items(live_path_server)
    speaker.response("f01-plain-text", input=[{"type": "item_reference", "id": item["id"]} for item in listed], store=False)
    assert upstream_items(live_path_server) == before and len(before) == 3
    speaker.call("responses.delete", None, ident)
    with pytest.raises(Refused) as caught:
        speaker.response("f01-plain-text", input=[{"type": "item_reference", "id": listed[0]["id"]}], store=False)
    assert (caught.value.status, caught.value.param) == (404, "input") and listed[0]["id"] in caught.value.message


@pytest.mark.parametrize("reference", [{"type": "item_reference", "id": "msg_never"}, {"id": "msg_never"}], ids=["typed", "bare"])
def test_R19_compat49_an_unknown_reference_is_a_404_that_names_it(live_path_server, reference):
    answer = raw.call(live_path_server, "POST", "/v1/responses", {"model": "f01-plain-text", "input": [USER, reference]})
    assert answer.status == 404 and "msg_never" in answer.json()["error"]["message"] and answer.json()["error"]["param"] == "input"
    assert live_path_server.upstream_requests() == []


def test_R19_what_was_not_stored_cannot_be_referred_to(live_path_server, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["a"], ident="msg_unstored"), backend.completed()))
    assert raw.responses(live_path_server, "m", False, store=False).json()["output"][0]["id"] == "msg_unstored"
    answer = raw.call(live_path_server, "POST", "/v1/responses",
                      {"model": "f01-plain-text", "input": [USER, {"type": "item_reference", "id": "msg_unstored"}]})
    assert answer.status == 404


def test_compat48_reasoning_without_its_content_is_completed_or_left_out(speak, live_path_server):
    speaker = speak(live_path_server)
    output = speaker.response("f02-reasoning")["document"]["output"]
    assert output[0]["type"] == "reasoning" and "encrypted_content" not in output[0]
    unknown = {"type": "reasoning", "id": "rs_unknown", "summary": []}
    speaker.response("f01-plain-text", input=[USER, output[0], unknown, USER])
    items = upstream_items(live_path_server)
    assert kinds(items) == ["message", "reasoning", "message"] and items[1]["encrypted_content"] == "gAAAAAB-final"


def test_kept_items_can_be_switched_off(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-kept-items", "0")
    output = raw.responses(server, "f01-plain-text", False).json()["output"]
    answer = raw.call(server, "POST", "/v1/responses", {"model": "f01-plain-text", "input": [{"type": "item_reference", "id": output[0]["id"]}]})
    assert answer.status == 404
