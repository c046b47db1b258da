"""What reaches the backend, and what becomes of its worse habits. The stand-in checks the rules of every request by itself."""
import threading
import time

import openai
import pytest

from harness import raw
from harness.cases import BY_NAME, cases
from harness.laws import chat_chunks, response_events
from harness.upstream import Gate, Reply

PIXEL = "data:image/png;base64,iVBORw0KGgo="
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}


@pytest.fixture
def client(live_path_server, make_calls):
    return make_calls(live_path_server.base_url).client


def last_body(server):
    return server.upstream_requests()[-1].body


def texts(items, role):
    return [part["text"] for i in items if i.get("role") == role for part in i["content"] if "text" in part]


def test_R11_upstream_forced_members(client, live_path_server):
    client.responses.create(model="f01-plain-text", input="hi", temperature=0.2, top_p=0.5, max_output_tokens=99, metadata={"a": "b"}, user="u",
                            store=True, truncation="auto", safety_identifier="s")
    body = last_body(live_path_server)
    assert body["store"] is False and body["stream"] is True and body["include"] == ["reasoning.encrypted_content"]
    assert body["input"] == [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}] or texts(body["input"], "user") == ["hi"]


def test_C15_leading_system_becomes_instructions(client, live_path_server):
    client.chat.completions.create(model="f01-plain-text", messages=[
        {"role": "system", "content": "One."}, {"role": "developer", "content": "Two."}, {"role": "user", "content": "hi"}])
    body = last_body(live_path_server)
    assert body["instructions"] == "One.\n\nTwo." and texts(body["input"], "user") == ["hi"]


def test_C14_later_system_keeps_its_place(client, live_path_server):
    client.chat.completions.create(model="f01-plain-text", messages=[
        {"role": "user", "content": "a"}, {"role": "system", "content": "Now in French."}, {"role": "user", "content": "b"}])
    assert [i["role"] for i in last_body(live_path_server)["input"]] == ["user", "developer", "user"]


def test_system_items_of_a_responses_call_become_developer(client, live_path_server):
    client.responses.create(model="f01-plain-text", input=[{"role": "user", "content": "a"}, {"role": "system", "content": "Now in French."}])
    assert [i["role"] for i in last_body(live_path_server)["input"]] == ["user", "developer"]


def test_C16_tool_round_trip_chat(client, live_path_server):
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}
    client.chat.completions.create(model="f01-plain-text", tools=[{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}], messages=[
        {"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "Looking.", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"}])
    items = last_body(live_path_server)["input"]
    assert [i.get("type", "message") for i in items] == ["message", "message", "function_call", "function_call_output"]
    assert items[2]["arguments"] == '{"city":"Oslo"}' and items[3]["output"] == "rain" and items[2]["call_id"] == items[3]["call_id"]
    assert last_body(live_path_server)["tools"][0]["name"] == "get_weather"


def test_tool_round_trip_responses(client, live_path_server):
    first = client.responses.create(model="f04-parallel-tools", input="Weather?", include=["reasoning.encrypted_content"])
    outputs = [{"type": "function_call_output", "call_id": i.call_id, "output": "rain"} for i in first.output if i.type == "function_call"]
    client.responses.create(model="f01-plain-text", input=[{"role": "user", "content": "Weather?"}, *first.output, *outputs])
    kinds = [i.get("type", "message") for i in last_body(live_path_server)["input"]]
    assert kinds == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output", "function_call_output"]


@pytest.mark.parametrize("call_id", ["", "call_" + "x" * 90])
def test_odd_call_ids(live_path_server, call_id):
    """An id that the backend would refuse is refused here or mapped, the same way for call and output; the stand-in checks the rest."""
    answer = raw.call(live_path_server, "POST", "/v1/responses", {"model": "f01-plain-text", "input": [
        {"type": "function_call", "call_id": call_id, "name": "f", "arguments": "{}"}, {"type": "function_call_output", "call_id": call_id, "output": "1"}]})
    assert answer.status == 200 or (answer.status == 400 and live_path_server.upstream_requests() == [])


def test_R20_C19_images(client, live_path_server):
    client.responses.create(model="f01-plain-text", input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PIXEL, "detail": "low"}]}])
    client.chat.completions.create(model="f01-plain-text", messages=[{"role": "user", "content": [
        {"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}]}])
    parts = [[p for i in r.body["input"] for p in i["content"]] for r in live_path_server.upstream_requests()]
    wanted = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PIXEL, "detail": "low"}]
    assert parts == [wanted, wanted]


def test_structured_output_request(client, live_path_server):
    client.chat.completions.create(model="f09-structured", messages=[{"role": "user", "content": "json"}], response_format={
        "type": "json_schema", "json_schema": {"name": "city", "schema": WEATHER, "strict": True}})
    assert last_body(live_path_server)["text"]["format"] == {"type": "json_schema", "name": "city", "schema": WEATHER, "strict": True}


def test_one_conversation_keeps_its_session(client, live_path_server):
    for text in ("a", "b"):
        client.responses.create(model="f01-plain-text", input=text, prompt_cache_key="conversation 7")
    client.responses.create(model="f01-plain-text", input="a", prompt_cache_key="another")
    sessions = [r.header("session-id") for r in live_path_server.upstream_requests()]
    assert sessions[0] == sessions[1] != sessions[2]
    assert all(b"conversation 7" not in r.raw for r in live_path_server.upstream_requests())


def test_account_header(client, live_path_server):
    client.responses.create(model="f01-plain-text", input="hi")
    assert live_path_server.upstream_requests()[-1].header("chatgpt-account-id") == "7c1f0d3e-0000-4000-8000-0123456789ab"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(live_path_server, fake_upstream, status):
    fake_upstream.script(Reply([b""], status, [["location", f"http://127.0.0.1:{fake_upstream.port}/elsewhere"]], "length"))
    answer = raw.responses(live_path_server, "m", False)
    assert answer.status == 502 and len(fake_upstream.posts()) == 1


BROKEN = {
    "f16a-between-events": [{"end": "cut"}, {"end": "reset"}, {"framing": "close", "end": "eof"}],
    "f16b-inside-data": [{"end": "cut"}, {"end": "reset"}, {"framing": "close", "end": "eof"}],
    "f16c-inside-utf8": [{"end": "cut"}, {"end": "reset"}, {"framing": "close", "end": "eof"}],
}


@pytest.mark.parametrize("name,how", [(name, how) for name, hows in BROKEN.items() for how in hows], ids=lambda v: v if isinstance(v, str) else "-".join(v.values()))
def test_E20_E21_E23_the_connection_breaks(live_path_server, fake_upstream, name, how):
    """F16 on a real socket: no final chunk, RST, or an early end of a body without a length."""
    fake_upstream.script(*(Reply.of_cassette(name, **how) for _ in range(3)))
    events = response_events(raw.responses(live_path_server, name, True).body)
    assert events[-1]["type"] == "response.failed"
    assert "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta") == BY_NAME[name]["text"]
    assert b'"finish_reason":"' not in raw.chat(live_path_server, name, True).body
    assert raw.responses(live_path_server, name, False).status == 502


@pytest.mark.parametrize("framing", ["chunked", "close"])
@pytest.mark.parametrize("case", cases("success", where=lambda c: c["recipe"] in ("F01", "F04", "F21", "F22", "F13c")), ids=repr)
def test_fixtures_over_http(live_path_server, fake_upstream, case, framing):
    fake_upstream.script(*(Reply.of_cassette(case.name, framing=framing) for _ in range(2)))
    began = time.monotonic()
    events = response_events(raw.responses(live_path_server, case.name, True).body)
    assert len(events[-1]["response"]["output"]) == len(case["items"])
    chat_chunks(raw.chat(live_path_server, case.name, True).body)
    assert time.monotonic() - began < 5, "the terminal event ends the reply, not the connection"


def test_text_is_forwarded_when_it_comes(live_path_server, fake_upstream):
    """A delta reaches the client although the backend says nothing more."""
    gate = Gate()
    frames = Reply.of_cassette("f01-plain-text").chunks
    fake_upstream.script(Reply([*frames[:5], gate, *frames[5:]]))
    client = openai.OpenAI(base_url=live_path_server.base_url, api_key="k", max_retries=0, timeout=10)
    with client.responses.create(model="m", input="hi", stream=True) as stream:
        for event in stream:
            if event.type == "response.output_text.delta" and event.delta == "Hello":
                gate.set()
    assert gate.is_set()


def test_T20_parallel_streams_all_end(live_path_server, fake_upstream):
    """64 streams at a time over a server that allows fewer backend calls: none starves, none gets another's text."""
    results, failures = [], []

    def one(number):
        try:
            model = "f01-plain-text" if number % 2 else "f02-reasoning"
            events = response_events(raw.responses(live_path_server, model, True).body)
            results.append((model, "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")))
        except Exception as error:  # noqa: BLE001  (told to the main thread)
            failures.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert sorted(set(results)) == [("f01-plain-text", "Hello, world."), ("f02-reasoning", "Use B.")] and len(results) == 64
