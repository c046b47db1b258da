"""Conversations with every client: their own endpoints, and responses that go on with one."""
import pytest

from harness import backend, raw
from harness.speakers import Refused

TEXT = "f01-plain-text"
TOOLS = "f04-parallel-tools"
PATH = "/v1/conversations"
ENCRYPTED = {"include": ["reasoning.encrypted_content"]}


def user(text):
    return {"role": "user", "content": text}


def refused(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


class Talk:
    """A new conversation of one client."""

    def __init__(self, speaker, **members):
        self.speaker = speaker
        self.document = speaker.call("conversations.create", members)["document"]
        self.id = self.document["id"]

    def call(self, call, body=None):
        return self.speaker.call(call, body, self.id)["document"]

    def items(self, **query):
        return self.call("items.list", {"order": "asc", **query})


@pytest.fixture
def talk(speak, live_path_server):
    return lambda **members: Talk(speak(live_path_server), **members)


def kinds(items):
    return [item.get("type", "message") for item in items]


def texts(items):
    return [item["content"][0]["text"] for item in items]


def test_R42_lifecycle(talk):
    made = talk(metadata={"topic": "demo"}, items=[user("Hello!")])
    assert made.document["metadata"] == {"topic": "demo"} and isinstance(made.document["created_at"], int)
    assert made.call("conversations.retrieve") == made.document
    assert made.call("conversations.update", {"metadata": {"topic": "new"}}) == {**made.document, "metadata": {"topic": "new"}}
    assert made.call("conversations.delete") == {"id": made.id, "object": "conversation.deleted", "deleted": True}
    for call, body in [("conversations.retrieve", None), ("conversations.update", {"metadata": {}}), ("conversations.delete", None),
                       ("items.create", {"items": [user("x")]}), ("items.list", {}), ("items.retrieve", {"item": "msg_1"}),
                       ("items.delete", {"item": "msg_1"})]:
        error = refused(lambda call=call, body=body: made.call(call, body))
        assert "NotFoundError" in error.classes and error.status == 404 and made.id in error.message, call


def test_R42_empty_conversations(talk, live_path_server):
    made = talk()
    assert made.document["metadata"] == {} and made.items() == []
    page = raw.call(live_path_server, "GET", f"{PATH}/{made.id}/items").json()
    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def test_R42_items(talk):
    made = talk(items=[user("one")])
    added = made.call("items.create", {"items": [user([{"type": "input_text", "text": "two"}]), {"role": "assistant", "content": "three"},
                                                 {"type": "message", "role": "system", "content": "four"}]})
    assert texts(added["data"]) == ["two", "three", "four"] and added["has_more"] is False
    assert (added["first_id"], added["last_id"]) == (added["data"][0]["id"], added["data"][2]["id"])
    listed = made.items()
    assert texts(listed) == ["one", "two", "three", "four"] and len({item["id"] for item in listed}) == 4
    assert [item["role"] for item in listed] == ["user", "user", "assistant", "system"]
    assert all(item["type"] == "message" and item["status"] == "completed" and item["id"].startswith("msg_") for item in listed)
    assert made.call("items.retrieve", {"item": listed[1]["id"]}) == listed[1]
    assert made.call("items.delete", {"item": listed[1]["id"]}) == made.document, "the conversation, not a deleted object"
    assert texts(made.items()) == ["one", "three", "four"]
    assert refused(lambda: made.call("items.retrieve", {"item": listed[1]["id"]})).status == 404


def test_R42_pages_newest_first_by_last_id(talk):
    made = talk()
    for start in range(0, 45, 15):
        made.call("items.create", {"items": [user(str(n)) for n in range(start, start + 15)]})
    newest = [str(n) for n in reversed(range(45))]
    assert texts(made.call("items.list", {})) == newest
    assert texts(made.call("items.list", {"limit": 7})) == newest
    assert texts(made.items()) == newest[::-1]
    error = refused(lambda: made.items(after="msg_nowhere"))
    assert (error.status, error.param) == (404, "after")


@pytest.mark.parametrize("items,param,code", [
    ([user("x")] * 21, "items", "array_above_max_length"), ([], "items", "empty_array"), ("x", "items", "invalid_type"), (None, "items", "missing_required_parameter"),
    ([{"type": "message", "role": "robot", "content": "x"}], "items[0].role", "invalid_value"), ([user("x"), user(7)], "items[1].content", "invalid_type"),
    ([{"type": "spaceship"}], "items[0].type", "invalid_value")])
def test_R42_wrong_items(speak, live_path_server, items, param, code):
    made = Talk(speak(live_path_server), items=[user("x")] * 20)
    answer = raw.call(live_path_server, "POST", f"{PATH}/{made.id}/items", {"items": items})
    assert (answer.status, answer.json()["error"]["param"], answer.json()["error"]["code"]) == (400, param, code)
    assert len(made.items()) == 20


def test_R42_wrong_metadata(talk, live_path_server):
    for metadata, param in [({f"k{n}": "v" for n in range(17)}, "metadata"), ({"k": "v" * 513}, "metadata.k")]:
        error = refused(lambda metadata=metadata: talk(metadata=metadata))
        assert "BadRequestError" in error.classes and error.param == param
    made = talk(metadata={"a": "1"})
    answer = raw.call(live_path_server, "POST", f"{PATH}/{made.id}", {})
    assert (answer.status, answer.json()["error"]["param"]) == (400, "metadata")
    assert made.call("conversations.update", {"metadata": None})["metadata"] == {}


@pytest.mark.parametrize("form", ["id", "object"])
@pytest.mark.parametrize("stream", [False, True], ids=["document", "stream"])
def test_R42_both_sides_are_appended(talk, live_path_server, fake_upstream, form, stream):
    made = talk(items=[{"role": "developer", "content": "Be brief."}, user("Before.")])
    named = made.id if form == "id" else {"id": made.id}
    if stream:
        events = made.speaker.response_events(TEXT, conversation=named, input="Hi!").items
        assert all(e["response"]["conversation"] == {"id": made.id} for e in events if "response" in e)
    else:
        assert made.speaker.response(TEXT, conversation=named, input="Hi!")["document"]["conversation"] == {"id": made.id}
    assert texts(live_path_server.upstream_requests()[-1].body["input"]) == ["Be brief.", "Before.", "Hi!"]
    items = made.items()
    assert texts(items) == ["Be brief.", "Before.", "Hi!", "Hello, world."] and items[3]["role"] == "assistant"
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Well."]), backend.completed()))
    made.speaker.response("m", conversation=named, input=[user("And?")])
    assert texts(live_path_server.upstream_requests()[-1].body["input"]) == ["Be brief.", "Before.", "Hi!", "Hello, world.", "And?"]
    assert texts(made.items())[4:] == ["And?", "Well."]


def test_R42_a_turn_without_input(talk, live_path_server):
    made = talk(items=[user("Hi!")])
    raw.call(live_path_server, "POST", "/v1/responses", {"model": TEXT, "conversation": made.id})
    assert texts(live_path_server.upstream_requests()[-1].body["input"]) == ["Hi!"]
    assert texts(made.items()) == ["Hi!", "Hello, world."]


@pytest.mark.parametrize("store", [True, False])
def test_R42_R12_reasoning_and_calls_go_on(talk, live_path_server, store):
    made = talk()
    output = made.speaker.response(TOOLS, conversation=made.id, input="Weather?", store=store)["document"]["output"]
    calls = [item for item in output if item["type"] == "function_call"]
    made.speaker.response(TEXT, conversation=made.id, store=store,
                          input=[{"type": "function_call_output", "call_id": call["call_id"], "output": "rain"} for call in calls])
    sent = live_path_server.upstream_requests()[-1].body["input"]
    assert kinds(sent) == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output", "function_call_output"]
    assert sent[1]["encrypted_content"].startswith("gAAAAAB")
    items = made.items()
    assert kinds(items) == [*kinds(sent), "message"] and "gAAAAAB" not in str(items)
    assert [item["id"] for item in items[1:5]] == [item["id"] for item in output]
    reasoning = made.items(**ENCRYPTED)[1]
    assert reasoning["encrypted_content"].startswith("gAAAAAB")
    assert "encrypted_content" not in made.call("items.retrieve", {"item": reasoning["id"]})
    assert made.call("items.retrieve", {"item": reasoning["id"], **ENCRYPTED}) == reasoning


def say(made, upstream, ident, text, answer, **members):
    """One turn whose response has an id of its own."""
    upstream.script(backend.reply([backend.record("response.created", response=backend.response(id=ident))], backend.message(0, [answer], ident=f"msg_{ident}"),
                                  [backend.record("response.completed", response=backend.response("completed", id=ident, usage=backend.USAGE))]))
    return made.speaker.response("m", input=text, **members)["document"]


def test_R42_R39_a_response_lists_its_own_input(talk, fake_upstream):
    made = talk(items=[user("Before.")])
    for ident, text in [("resp_one", "One."), ("resp_two", "Two.")]:
        say(made, fake_upstream, ident, text, "Well.", conversation=made.id)
        assert texts(made.speaker.call("responses.input_items", {"order": "asc"}, ident)["document"]) == [text]
    assert texts(made.items()) == ["Before.", "One.", "Well.", "Two.", "Well."]


def test_R42_R13_a_chain_goes_on_from_a_response_of_a_conversation(talk, live_path_server, fake_upstream):
    made = talk(items=[{"role": "system", "content": "Be brief."}, user("Before.")])
    say(made, fake_upstream, "resp_one", "One.", "First.", conversation=made.id)
    say(made, fake_upstream, "resp_two", "Two.", "Second.", conversation=made.id)
    made.call("conversations.delete")
    for previous, heard in [("resp_one", ["One.", "First."]), ("resp_two", ["One.", "First.", "Two.", "Second."])]:
        say(made, fake_upstream, "resp_after", "After.", "Third.", previous_response_id=previous)
        calls = live_path_server.upstream_requests()
        assert texts(calls[-1].body["input"]) == ["Be brief.", "Before.", *heard, "After."]
        assert calls[-1].header("session-id") == calls[0].header("session-id"), "one place in the prompt cache"


def test_R42_R13_reasoning_and_open_calls_of_a_conversation_are_in_the_chain(talk, live_path_server):
    made = talk()
    first = made.speaker.response(TOOLS, conversation=made.id, input="Weather?")["document"]
    outputs = [{"type": "function_call_output", "call_id": item["call_id"], "output": "rain"} for item in first["output"] if item["type"] == "function_call"]
    second = made.speaker.response(TEXT, conversation=made.id, input=outputs)["document"]
    made.speaker.response(TEXT, previous_response_id=second["id"], input="Sure?")
    sent = live_path_server.upstream_requests()[-1].body["input"]
    assert kinds(sent) == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output", "function_call_output", "message", "message"]
    assert sent[1]["encrypted_content"].startswith("gAAAAAB") and sent[5]["output"] == "rain"


def test_R42_what_failed_is_not_appended(talk, fake_upstream):
    made = talk(items=[user("x")])
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Hel"])[:3], end="cut"))
    made.speaker.response_events("m", conversation=made.id)
    assert texts(made.items()) == ["x"]


def test_R42_an_unknown_conversation(speak, live_path_server):
    for named in ["conv_nowhere", {"id": "conv_nowhere"}]:
        error = refused(lambda named=named: speak(live_path_server).response(TEXT, conversation=named))
        assert "NotFoundError" in error.classes and (error.status, error.param) == (404, "conversation") and "conv_nowhere" in error.message
    assert live_path_server.upstream_requests() == []


def test_R16_a_chain_and_a_conversation_exclude_each_other(talk, live_path_server):
    made = talk()
    earlier = made.speaker.response(TEXT)["document"]["id"]
    calls = len(live_path_server.upstream_requests())
    error = refused(lambda: made.speaker.response(TEXT, conversation=made.id, previous_response_id=earlier))
    assert "BadRequestError" in error.classes and (error.status, error.code) == (400, "mutually_exclusive_parameters")
    assert len(live_path_server.upstream_requests()) == calls


def test_R42_storing_can_be_switched_off(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "0")
    answer = raw.call(server, "POST", PATH, {})
    assert (answer.status, answer.json()["error"]["code"]) == (404, "unsupported_endpoint") and "max_stored_items" in answer.json()["error"]["message"]


def test_R42_the_one_that_was_not_used_leaves_first(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--max-stored-items", "2")
    first, second = (raw.call(server, "POST", PATH).json()["id"] for _ in range(2))
    raw.call(server, "POST", f"{PATH}/{first}/items", {"items": [user("x")]})
    raw.call(server, "POST", PATH)
    assert raw.call(server, "GET", f"{PATH}/{first}").status == 200 and raw.call(server, "GET", f"{PATH}/{second}").status == 404
