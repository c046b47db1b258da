"""Stored chat completions: the six routes with every client, and what gets into the store."""
import itertools

import pytest

from harness import backend, raw
from harness.speakers import Refused

PATH = "/v1/chat/completions"
TEXT = "f01-plain-text"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "get_weather", "strict": True, "parameters": SCHEMA}}  # strict: openai-python's helpers want it so


@pytest.fixture(scope="module")
def storing_process(serve, session_upstream, login):
    """A server of this file's own: nobody else's completions are in its lists."""
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path)


@pytest.fixture
def server(storing_process, fake_upstream):
    """Nothing is stored, and each reply of the backend has an id of its own."""
    numbers = itertools.count()

    def answer(recorded):
        ident = f"resp_stored{next(numbers)}"
        named = {"id": ident, "model": recorded.body["model"]}
        return backend.reply(backend.created(**named), backend.message(0, ["Hello", ", world."]), backend.completed(**named))

    fake_upstream.answer_with(answer)
    while page := raw.call(storing_process, "GET", f"{PATH}?limit=100").json()["data"]:
        for completion in page:
            assert raw.call(storing_process, "DELETE", f"{PATH}/{completion['id']}").status == 200
    return storing_process


def store(server, model=TEXT, stream=False, **members):
    """The id of a new stored completion."""
    answer = raw.chat(server, model, stream, store=True, **members)
    assert answer.status == 200 and answer.header("x-ocx-ignored") is None, answer.body
    if not stream:
        return answer.json()["id"]
    return raw.call(server, "GET", f"{PATH}?order=desc&limit=1").json()["data"][0]["id"]


def listed(server, query=""):
    answer = raw.call(server, "GET", PATH + query)
    assert answer.status == 200, answer.body
    return [completion["id"] for completion in answer.json()["data"]]


def refused(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


def test_O01_E09_lifecycle(speak, server):
    speaker, loose = speak(server), speak(server, strict=False)
    told = speaker.chat(TEXT, store=True, metadata={"k": "v"})["document"]
    ident = told["id"]
    kept = speaker.call("chat.retrieve", argument=ident)["document"]
    assert {name: kept[name] for name in told} == told and kept["metadata"] == {"k": "v"}
    assert [c["id"] for c in speaker.call("chat.list")["document"]] == [ident]
    # openai-python knows only the assistant's messages here; the API lists the request's.
    assert [m["content"] for m in loose.call("chat.messages", argument=ident)["document"]] == ["hi"]
    assert speaker.call("chat.update", {"metadata": {"k": "w"}}, ident)["document"] == {**kept, "metadata": {"k": "w"}}
    assert speaker.call("chat.delete", argument=ident)["document"] == {"id": ident, "object": "chat.completion.deleted", "deleted": True}
    for call, body in [("chat.retrieve", None), ("chat.update", {"metadata": {}}), ("chat.delete", None)]:
        error = refused(lambda call=call, body=body: speaker.call(call, body, ident))
        assert "NotFoundError" in error.classes and (error.status, error.type, error.code) == (404, "invalid_request_error", None)
        assert ident in error.message
    assert refused(lambda: loose.call("chat.messages", argument=ident)).status == 404
    assert speaker.call("chat.list")["document"] == []


@pytest.mark.parametrize("stream", [False, True], ids=["document", "stream"])
def test_O02_nothing_is_stored_unless_asked(speak, server, stream):
    speaker = speak(server)
    for members in [{}, {"store": False}, {"store": None}]:
        if stream:
            ident = speaker.chat_events(TEXT, **members).items[0]["id"]
        else:
            ident = speaker.chat(TEXT, **members)["document"]["id"]
        assert refused(lambda: speaker.call("chat.retrieve", argument=ident)).status == 404
    assert listed(server) == []


def test_O03_pages_of_twenty_oldest_first(speak, server):
    idents = [store(server) for _ in range(45)]
    assert len(set(idents)) == 45
    first = raw.call(server, "GET", PATH).json()
    assert [c["id"] for c in first["data"]] == idents[:20] and first["has_more"] is True
    assert (first["first_id"], first["last_id"]) == (idents[0], idents[19])
    assert [c["id"] for c in speak(server).call("chat.list")["document"]] == idents
    assert [c["id"] for c in speak(server).call("chat.list", {"limit": 7})["document"]] == idents


@pytest.mark.parametrize("limit,code", [("0", "integer_below_min_value"), ("101", "integer_above_max_value"), ("x", "invalid_type")])
def test_O03_a_limit_out_of_range(server, limit, code):
    for path in [PATH, f"{PATH}/{store(server)}/messages"]:
        answer = raw.call(server, "GET", f"{path}?limit={limit}")
        assert (answer.status, answer.json()["error"]["param"], answer.json()["error"]["code"]) == (400, "limit", code)


def test_O04_filters(speak, server):
    both = store(server, metadata={"topic": "a b", "user": "1"})
    other = store(server, "f02-reasoning", metadata={"topic": "a b", "user": "2"})
    none = store(server)
    ask = lambda **query: [c["id"] for c in speak(server).call("chat.list", query)["document"]]  # noqa: E731
    assert ask(metadata={"topic": "a b"}) == [both, other]
    assert ask(metadata={"topic": "a b", "user": "1"}) == [both]
    assert ask(metadata={"topic": "a"}) == []
    assert ask(model=TEXT) == [both, none]
    assert ask(model=TEXT, metadata={"user": "2"}) == []
    assert ask(model="never") == []


def test_O05_order_and_cursor(speak, server):
    idents = [store(server) for _ in range(5)]
    speaker = speak(server)
    ask = lambda **query: [c["id"] for c in speaker.call("chat.list", query)["document"]]  # noqa: E731
    assert ask(order="desc", limit=2) == idents[::-1]
    assert ask(after=idents[2]) == idents[3:]
    assert ask(order="desc", after=idents[2]) == [idents[1], idents[0]]
    assert ask(after=idents[4]) == []
    error = refused(lambda: ask(after="chatcmpl-nowhere"))
    assert "NotFoundError" in error.classes and (error.status, error.param) == (404, "after")
    answer = raw.call(server, "GET", f"{PATH}?order=up")
    assert (answer.status, answer.json()["error"]["param"]) == (400, "order")


def test_O06_messages_are_those_of_the_request(speak, server):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    parts = [{"type": "text", "text": "What is this?"}, image]
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts, "name": "Ann"},
                {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "rain"}]
    ident = store(server, messages=messages, tools=[TOOL])
    empty = {"name": None, "content_parts": None}
    assert speak(server, strict=False).call("chat.messages", argument=ident)["document"] == [
        {"id": f"{ident}-0", "role": "system", "content": "Be brief.", **empty},
        {"id": f"{ident}-1", "role": "user", "content": None, "name": "Ann", "content_parts": parts},
        {"id": f"{ident}-2", "role": "assistant", "content": None, **empty, "tool_calls": [call]},
        {"id": f"{ident}-3", "role": "tool", "content": "rain", **empty, "tool_call_id": "call_1"}]
    pages = speak(server, strict=False).call("chat.messages", {"limit": 1, "order": "desc"}, ident)["document"]
    assert [message["id"] for message in pages] == [f"{ident}-{n}" for n in (3, 2, 1, 0)]


def test_O07_update(speak, server):
    ident = store(server, metadata={"a": "1"})
    update = lambda body: speak(server).call("chat.update", body, ident)["document"]  # noqa: E731
    assert update({"metadata": {"b": "2"}})["metadata"] == {"b": "2"}
    assert update({"metadata": None})["metadata"] == {}
    assert listed(server, "?metadata[b]=2") == []
    for metadata, param in [({f"k{n}": "v" for n in range(17)}, "metadata"), ({"k" * 65: "v"}, "metadata"), ({"k": "v" * 513}, "metadata.k")]:
        error = refused(lambda metadata=metadata: update({"metadata": metadata}))
        assert "BadRequestError" in error.classes and error.param == param
    assert update({"metadata": {f"k{n}": "v" * 512 for n in range(16)}})["metadata"]["k15"] == "v" * 512


@pytest.mark.parametrize("body,param", [({}, "metadata"), ({"metadata": 1}, "metadata"), ({"metadata": {"k": 1}}, "metadata.k"), ([], None), (None, None)])
def test_O07_an_update_of_nothing(server, body, param):
    ident = store(server, metadata={"a": "1"})
    answer = raw.call(server, "POST", f"{PATH}/{ident}", body)
    assert (answer.status, answer.json()["error"]["param"]) == (400, param)
    assert raw.call(server, "GET", f"{PATH}/{ident}").json()["metadata"] == {"a": "1"}


def test_O08_the_request_is_echoed(speak, server):
    speaker = speak(server)
    told = speaker.chat(TEXT, store=True)
    bare = speaker.call("chat.retrieve", argument=told["document"]["id"])["document"]
    assert bare["request_id"] == told["request_id"]
    assert {name: bare[name] for name in ("tool_choice", "tools", "seed", "input_user", "response_format", "metadata")} == {
        "tool_choice": None, "tools": None, "seed": None, "input_user": None, "response_format": None, "metadata": {}}
    assert (bare["temperature"], bare["top_p"], bare["presence_penalty"], bare["frequency_penalty"]) == (1, 1, 0, 0)
    members = {"tools": [TOOL], "tool_choice": "auto", "seed": 7, "temperature": 0.5, "top_p": 0.25, "presence_penalty": 0.5,
               "frequency_penalty": -0.5, "response_format": {"type": "text"}, "metadata": {"k": "v"}}
    full = speaker.chat(TEXT, store=True, user="u1", **members)["document"]
    kept = speaker.call("chat.retrieve", argument=full["id"])["document"]
    assert {name: kept[name] for name in members} == members and kept["input_user"] == "u1"


def test_O09_a_restart_forgets(serve, fake_upstream, login):
    """The policy: stored objects live in memory, as long as the server."""
    options = ("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path)
    ident = store(serve(*options))
    assert raw.call(serve(*options), "GET", f"{PATH}/{ident}").status == 404


def test_O09_the_oldest_leave_first(serve, server, fake_upstream, login):
    small = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "2")
    idents = [store(small) for _ in range(3)]
    assert listed(small) == idents[1:]
    assert raw.call(small, "GET", f"{PATH}/{idents[0]}").status == 404


def test_O09_storing_can_be_switched_off(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "0")
    answer = raw.chat(server, TEXT, False, store=True)
    assert answer.status == 200 and answer.header("x-ocx-ignored") == "store"
    assert listed(server) == [] and raw.call(server, "GET", f"{PATH}/{answer.json()['id']}").status == 404


STREAMS = ["f01-plain-text", "f02-reasoning", "f03-tool-call", "f04-parallel-tools"]


@pytest.mark.parametrize("model", STREAMS)
def test_K18_what_is_stored_is_what_the_client_accumulated(speak, storing_process, fake_upstream, model):
    speaker = speak(storing_process)
    told = speaker.chat_helper(model, store=True, tools=[TOOL], stream_options={"include_usage": True})
    assert told.error is None
    kept = speaker.call("chat.retrieve", argument=told.final["id"])["document"]
    assert [meaning(choice) for choice in told.final["choices"]] == [meaning(choice) for choice in kept["choices"]]
    for name in ("id", "created", "model", "usage", "service_tier", "system_fingerprint"):
        assert kept[name] == told.final[name], name


def meaning(choice):
    """Without what helpers add to the members of the wire, and without members that say nothing."""
    message = {name: value for name, value in choice["message"].items() if value not in (None, []) and name != "parsed"}
    if "tool_calls" in message:
        message["tool_calls"] = [(call["id"], call["type"], call["function"]["name"], call["function"]["arguments"]) for call in message["tool_calls"]]
    return choice["index"], choice["finish_reason"], choice.get("logprobs"), message


def test_K18_all_choices_and_a_stop(server):
    ident = store(server, stream=True, n=2, stop=["wor"])
    kept = raw.call(server, "GET", f"{PATH}/{ident}").json()
    assert [(c["index"], c["message"]["content"], c["finish_reason"]) for c in kept["choices"]] == [(0, "Hello, ", "stop"), (1, "Hello, ", "stop")]


@pytest.mark.parametrize("stream", [False, True], ids=["document", "stream"])
def test_K18_what_failed_is_not_stored(server, fake_upstream, stream):
    failed = backend.reply(backend.created(), backend.message(0, ["Hel"])[:3],
                           [backend.record("response.failed", response=backend.response("failed", error={"code": "server_error", "message": "Broken."}))])
    cut = backend.reply(backend.created(), backend.message(0, ["Hel"])[:3], end="cut")
    fake_upstream.script(failed, cut)
    for _ in range(2):
        raw.chat(server, "m", stream, store=True)
    assert listed(server) == []
