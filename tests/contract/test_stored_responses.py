"""Responses that clients come back for: by id, as a stream, as the turn before."""
import json
import time
import urllib.request

import pytest

from harness import backend, raw
from harness.speakers import Refused
from harness.upstream import Gate

PLAIN = "f01-plain-text"
CALLS = "f04-parallel-tools"
THOUGHT = "f02-reasoning"


def upstream_input(server):
    return server.upstream_requests()[-1].body["input"]


def kinds(items):
    return [item.get("type", "message") for item in items]


def refused(call, status):
    with pytest.raises(Refused) as caught:
        call()
    assert (caught.value.status, caught.value.type) == (status, "invalid_request_error")
    return caught.value


def as_sent(document):
    """Without what openai-node adds to a document, but not to the one of an event."""
    return {name: value for name, value in document.items() if name != "output_text"}


def script(upstream, ident, *parts, end=None):
    """A reply with an id of its own: cassettes always have the same."""
    ends = [backend.record("response.completed", response=backend.response("completed", id=ident, usage=backend.USAGE))] if end is None else end
    upstream.script(backend.reply([backend.record("response.created", response=backend.response(id=ident))], *parts, ends))


def chain(speaker, upstream, length, said=lambda i: backend.message(0, [f"answer {i}"], ident=f"msg_{i}")):
    """The ids of `length` responses, each the turn after the one before it."""
    idents = []
    for i in range(length):
        script(upstream, f"resp_chain{i}", said(i))
        more = {"previous_response_id": idents[-1]} if idents else {}
        idents.append(speaker.response("gpt-5.6-luna", input=f"question {i}", **more)["document"]["id"])
    return idents


@pytest.mark.parametrize("call", ["retrieve", "delete", "cancel", "input_page"])
def test_E07_unknown_response(speak, live_path_server, call):
    why = refused(lambda: speak(live_path_server).call(f"responses.{call}", None, "resp_never"), 404)
    assert "resp_never" in why.message and why.code is None and why.param is None


def test_E08_unknown_previous_response(speak, live_path_server):
    why = refused(lambda: speak(live_path_server).response(PLAIN, previous_response_id="resp_never"), 400)
    assert (why.code, why.param) == ("previous_response_not_found", "previous_response_id")
    assert live_path_server.upstream_requests() == []


def test_R09_R07_what_was_created_is_what_is_retrieved(speak, live_path_server):
    speaker = speak(live_path_server)
    created = speaker.response(CALLS, metadata={"k": "v"}, temperature=0.5)["document"]
    assert created["store"] is True and created["metadata"] == {"k": "v"}
    assert speaker.retrieve(created["id"]) == created


def test_R09_the_final_event_is_what_is_retrieved(speak, live_path_server):
    speaker = speak(live_path_server)
    final = speaker.response_events(CALLS).items[-1]["response"]
    assert as_sent(speaker.retrieve(final["id"])) == final


def test_R10_store_false_is_forgotten(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    script(fake_upstream, "resp_unstored", backend.message(0, ["a"]))
    reply = speaker.response("gpt-5.6-luna", store=False)["document"]
    assert reply["store"] is False and reply["id"] == "resp_unstored"
    refused(lambda: speaker.retrieve(reply["id"]), 404)
    assert refused(lambda: speaker.response(PLAIN, previous_response_id=reply["id"]), 400).code == "previous_response_not_found"


def test_R12_retrieve_shows_encrypted_content_to_those_who_ask(speak, live_path_server):
    speaker = speak(live_path_server)
    ident = speaker.response(THOUGHT)["document"]["id"]
    assert "encrypted_content" not in str(speaker.retrieve(ident))
    shown = speaker.retrieve(ident, include=["reasoning.encrypted_content"])
    assert [i["encrypted_content"] for i in shown["output"] if i["type"] == "reasoning"] == ["gAAAAAB-final"]


def test_R13_R14_S18_a_turn_brings_back_everything_but_instructions(speak, live_path_server):
    speaker = speak(live_path_server)
    first = speaker.response(CALLS, instructions="Be brief.", input="Weather?")["document"]
    results = [{"type": "function_call_output", "call_id": i["call_id"], "output": "rain"} for i in first["output"] if i["type"] == "function_call"]
    seen = speaker.response_events(PLAIN, previous_response_id=first["id"], input=results)
    items = upstream_input(live_path_server)
    assert kinds(items) == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output", "function_call_output"]
    assert items[1]["encrypted_content"].startswith("gAAAAAB") and items[2]["content"][0]["text"]
    assert live_path_server.upstream_requests()[-1].body["instructions"] == ""
    lifecycle = [item["response"] for item in seen.items if "response" in item]
    assert len(lifecycle) >= 3 and {r["previous_response_id"] for r in lifecycle} == {first["id"]}
    assert {r["instructions"] for r in lifecycle} == {None}


def test_R15_three_levels_and_one_place_in_the_cache(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    idents = chain(speaker, fake_upstream, 3)
    assert len(set(idents)) == 3
    texts = [item["content"][0]["text"] for item in upstream_input(live_path_server)]
    assert texts == ["question 0", "answer 0", "question 1", "answer 1", "question 2"]
    assert len({request.header("session-id") for request in live_path_server.upstream_requests()}) == 1


def test_R15_a_chain_outlives_what_was_deleted(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    idents = chain(speaker, fake_upstream, 2)
    speaker.call("responses.delete", None, idents[0])
    refused(lambda: speaker.response(PLAIN, previous_response_id=idents[0]), 400)
    speaker.response(PLAIN, previous_response_id=idents[1], input="question 2")
    assert len(upstream_input(live_path_server)) == 5


def test_R16_chain_and_conversation_exclude_each_other(speak, live_path_server):
    why = refused(lambda: speak(live_path_server).response(PLAIN, previous_response_id="resp_x", conversation="conv_x"), 400)
    assert why.code == "mutually_exclusive_parameters"


def test_R35_delete(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    script(fake_upstream, "resp_deleted", backend.message(0, ["a"]))
    ident = speaker.response("gpt-5.6-luna")["document"]["id"]
    speaker.call("responses.delete", None, ident)
    refused(lambda: speaker.retrieve(ident), 404)
    refused(lambda: speaker.call("responses.delete", None, ident), 404)


def test_R35_delete_answers_with_an_object(live_path_server):
    ident = raw.responses(live_path_server, PLAIN, False).json()["id"]
    answer = raw.call(live_path_server, "DELETE", f"/v1/responses/{ident}")
    assert (answer.status, answer.json()) == (200, {"id": ident, "object": "response", "deleted": True})


def history(pairs):
    """45 items: a question, then calls with their outputs."""
    calls = [[{"type": "function_call", "call_id": f"call_{i}", "name": "f", "arguments": "{}"},
              {"type": "function_call_output", "call_id": f"call_{i}", "output": f"{i}"}] for i in range(pairs)]
    return [{"role": "user", "content": "go"}, *(item for pair in calls for item in pair)]


def test_R37_input_items_come_newest_first_twenty_at_a_time(speak, live_path_server):
    speaker = speak(live_path_server)
    ident = speaker.response(PLAIN, input=history(22))["document"]["id"]
    newest = speaker.call("responses.input_page", None, ident)["document"]
    assert len(newest) == 20 and newest[0]["type"] == "function_call_output" and newest[0]["call_id"] == "call_21"
    oldest = speaker.call("responses.input_page", {"order": "asc", "limit": 3}, ident)["document"]
    assert kinds(oldest) == ["message", "function_call", "function_call_output"]
    rest = speaker.call("responses.input_page", {"order": "asc", "limit": 2, "after": oldest[0]["id"]}, ident)["document"]
    assert rest == oldest[1:]
    for limit in (0, 101):
        assert refused(lambda: speaker.call("responses.input_page", {"limit": limit}, ident), 400).param == "limit"  # noqa: B023
    assert refused(lambda: speaker.call("responses.input_page", {"after": "msg_never"}, ident), 404).param == "after"


@pytest.mark.parametrize("limit", [1, 20, 45])
def test_R38_turning_pages_ends_and_repeats_nothing(speak, live_path_server, limit):
    speaker = speak(live_path_server)
    ident = speaker.response(PLAIN, input=history(22))["document"]["id"]
    items = speaker.call("responses.input_items", {"limit": limit, "order": "asc"}, ident)["document"]
    assert len(items) == 45 and len({item["id"] for item in items}) == 45
    assert [item.get("call_id") for item in items[1:]] == [f"call_{i // 2}" for i in range(44)]


def test_R39_input_items_are_whole_for_strict_clients(speak, live_path_server):
    speaker = speak(live_path_server)
    picture = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="}
    said = [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "input_text", "text": "look"}, picture]},
            {"role": "assistant", "content": "seen"}, {"type": "custom_tool_call", "call_id": "c1", "name": "t", "input": "x"},
            {"type": "custom_tool_call_output", "call_id": "c1", "output": "y"}, *history(1)]
    ident = speaker.response(PLAIN, input=said)["document"]["id"]
    items = speaker.call("responses.input_items", {"order": "asc"}, ident)["document"]
    assert [item.get("role") for item in items[:3]] == ["system", "user", "assistant"] and len(items) == len(said)
    assert all(item["id"] and item["status"] == "completed" for item in items)
    assert items[1]["content"][1]["detail"] == "auto"


def test_R39_a_chained_response_lists_its_own_input(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    idents = chain(speaker, fake_upstream, 2)
    items = speaker.call("responses.input_items", None, idents[1])["document"]
    assert [item["content"][0]["text"] for item in items] == ["question 1"]


def test_R40_input_tokens(speak, live_path_server):
    speaker = speak(live_path_server)

    def count(**members):
        return speaker.call("responses.input_tokens", {"model": PLAIN, **members})["document"]

    few, many = count(input="hi"), count(input="hi " * 1000, instructions="Be brief.")
    assert few["object"] == "response.input_tokens" and 0 < few["input_tokens"] < 10
    assert 900 < many["input_tokens"] < 3000
    assert live_path_server.upstream_requests() == []
    assert refused(lambda: count(input=1), 400).param == "input"


@pytest.mark.parametrize("model", [PLAIN, THOUGHT, CALLS])
def test_S21_a_stream_is_told_again_event_for_event(speak, live_path_server, model):
    speaker = speak(live_path_server)
    live = speaker.response_events(model).items
    told = speaker.stream("responses.replay", None, live[0]["response"]["id"])
    assert told.error is None and told.items == live


def test_S21_a_document_is_told_as_a_stream(speak, live_path_server):
    speaker = speak(live_path_server)
    document = speaker.response(CALLS)["document"]
    told = speaker.stream("responses.replay", None, document["id"])
    assert [item["sequence_number"] for item in told.items] == list(range(len(told.items)))
    assert told.items[0]["response"]["status"] == "in_progress" and told.items[-1]["response"] == as_sent(document)
    helped = speaker.stream("responses.rejoin", None, document["id"])
    assert helped.error is None and helped.final["id"] == document["id"]


def test_S22_starting_after(speak, live_path_server):
    speaker = speak(live_path_server)
    live = speaker.response_events(CALLS).items
    told = speaker.stream("responses.replay", {"starting_after": 4}, live[0]["response"]["id"])
    assert told.items == live[5:]


@pytest.mark.parametrize("query", ["starting_after=x", "stream=maybe", "include[]=nothing"])
def test_S22_a_wrong_query_is_a_400(live_path_server, query):
    ident = raw.responses(live_path_server, PLAIN, False).json()["id"]
    answer = raw.call(live_path_server, "GET", f"/v1/responses/{ident}?{query}")
    assert answer.status == 400 and answer.json()["error"]["param"] == query.split("=")[0].removesuffix("[]")


def test_S23_the_helper_joins_a_stream_by_id(speak, live_path_server):
    speaker = speak(live_path_server)
    live = speaker.response_events(PLAIN).items
    told = speaker.stream("responses.rejoin", {"starting_after": 3}, live[0]["response"]["id"])
    assert told.error is None and told.final["id"] == live[0]["response"]["id"]
    assert [item["sequence_number"] for item in told.items] == [item["sequence_number"] for item in live[4:]]


def test_S19_padding_is_left_out_on_demand(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    padded = [backend.record("response.output_text.delta", item_id="msg_made", output_index=0, content_index=0, delta="a", obfuscation="xyz")]
    message = backend.message(0, ["a"])
    script(fake_upstream, "resp_padded", message[:2], padded, message[3:])
    live = speaker.response_events("gpt-5.6-luna").items
    assert any("obfuscation" in item for item in live)
    told = speaker.stream("responses.replay", {"include_obfuscation": False}, "resp_padded").items
    assert told == [{k: v for k, v in item.items() if k != "obfuscation"} for item in live]


def until(look, seconds=20):
    """What look() gives as soon as it is true."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
    return seen


def status_of(server, ident):
    answer = raw.call(server, "GET", f"/v1/responses/{ident}")
    return answer.status == 200 and answer.json()["status"]


def test_E20_a_stream_that_was_cut_is_stored_as_failed(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    script(fake_upstream, "resp_cut", backend.message(0, ["half"])[:3], end=[])
    seen = speaker.response_events("gpt-5.6-luna")
    assert seen.items[-1]["type"] == "response.failed"
    stored = as_sent(speaker.retrieve("resp_cut"))
    assert stored == seen.items[-1]["response"] and stored["status"] == "failed"
    assert speaker.stream("responses.replay", None, "resp_cut").items == seen.items


def left_behind(upstream):
    """A stream of which only half a word comes."""
    message = backend.message(0, ["half"])
    upstream.script(backend.reply([backend.record("response.created", response=backend.response(id="resp_left"))], message[:3], [Gate()]))


def test_S26_a_stream_that_its_client_left_is_stored_as_cancelled(make_calls, live_path_server, fake_upstream):
    left_behind(fake_upstream)
    client = make_calls(live_path_server.base_url).client
    with client.responses.create(model="gpt-5.6-luna", input="hi", stream=True) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                break
    assert until(lambda: status_of(live_path_server, "resp_left")) == "cancelled"
    stored = client.responses.retrieve("resp_left")
    assert stored.output_text == "half" and stored.output[0].status == "incomplete" and stored.error is None


def test_S26_every_client_finds_what_was_left(speak, live_path_server, fake_upstream):
    left_behind(fake_upstream)
    body = json.dumps({"model": "gpt-5.6-luna", "input": "hi", "stream": True}).encode()
    request = urllib.request.Request(f"{live_path_server.base_url}/responses", body, {"content-type": "application/json", "authorization": "Bearer test"})
    with urllib.request.urlopen(request, timeout=30) as stream:
        assert any(b"output_text.delta" in line for line in stream)
    until(lambda: status_of(live_path_server, "resp_left"))
    stored = speak(live_path_server).retrieve("resp_left")
    assert (stored["status"], stored["error"], stored["output"][0]["content"][0]["text"]) == ("cancelled", None, "half")


def test_R09_store_can_be_switched_off(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "0")
    reply = raw.responses(server, PLAIN, False).json()
    assert reply["store"] is False
    assert raw.call(server, "GET", f"/v1/responses/{reply['id']}").status == 404
    chained = raw.call(server, "POST", "/v1/responses", {"model": PLAIN, "input": "hi", "previous_response_id": reply["id"]})
    assert (chained.status, chained.json()["error"]["code"]) == (400, "previous_response_not_found")
    assert raw.call(server, "POST", "/v1/responses", {"model": PLAIN, "input": "hi", "background": True}).status == 400


def test_E08_a_response_that_made_place_for_others_is_not_found(serve, speakers, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "2")
    speaker = speakers.get("python", server.base_url)
    idents = chain(speaker, fake_upstream, 3)
    assert refused(lambda: speaker.response(PLAIN, previous_response_id=idents[0]), 400).code == "previous_response_not_found"
    refused(lambda: speaker.retrieve(idents[0]), 404)
    speaker.response(PLAIN, previous_response_id=idents[2], input="question 3")
    assert len(fake_upstream.posts()[-1].body["input"]) == 7, "the chain outlives its beginning"


def test_R09_stored_bytes_have_a_bound_of_their_own(serve, speakers, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-bytes", str(1 << 20))
    speaker = speakers.get("python", server.base_url)
    for number in range(3):
        script(fake_upstream, f"resp_{number}", backend.message(0, ["yes"]))
        speaker.response("gpt-5.6-luna", input=str(number) * 400_000)
    refused(lambda: speaker.retrieve("resp_0"), 404)
    assert [speaker.retrieve(f"resp_{number}")["id"] for number in (1, 2)] == ["resp_1", "resp_2"]
