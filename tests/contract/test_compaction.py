"""R41: POST /v1/responses/compact goes to the backend's own route and comes back as the API's object, with both SDKs."""
import json

import openai
import pytest

from harness import node, raw
from harness.upstream import Gate, Reply

PATH = "/v1/responses/compact"
ITEM = {"type": "compaction", "id": "cmp_1", "encrypted_content": "gAAAA"}
TURNS = [{"role": "user", "content": "Weather?"}, {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
         {"type": "function_call_output", "call_id": "call_1", "output": "rain"}]


@pytest.fixture
def client(live_path_server):
    return openai.OpenAI(base_url=live_path_server.base_url, api_key="test", max_retries=0, timeout=30, _strict_response_validation=True)


@pytest.fixture(autouse=True)
def answers(fake_upstream):
    document = json.dumps({"output": [ITEM]}).encode()
    fake_upstream.answer_with(lambda call: Reply([document], headers=[["content-type", "application/json"]]) if call.path == "/responses/compact" else None)


def test_R41_compact(client, live_path_server):
    compacted = client.responses.compact(model="gpt-5.5", input=TURNS, instructions="Be short.")
    assert (compacted.object, compacted.output[0].type, compacted.output[0].encrypted_content) == ("response.compaction", "compaction", "gAAAA")
    assert compacted.id.startswith("resp_") and compacted.created_at > 0 and compacted.usage.total_tokens == 0
    (call,) = live_path_server.upstream_requests()
    assert call.path == "/responses/compact" and call.body["instructions"] == "Be short."
    assert [item.get("type") for item in call.body["input"]] == ["message", "function_call", "function_call_output"]


def test_R41_the_item_is_taken_back(client, live_path_server):
    compacted = client.responses.compact(model="gpt-5.5", input="hi")
    item = compacted.output[0].to_dict()
    assert client.responses.create(model="f01-plain-text", input=[item, {"role": "user", "content": "go on"}]).status == "completed"
    sent = live_path_server.upstream_requests()[-1].body["input"][0]
    assert (sent["type"], sent["encrypted_content"]) == ("compaction", "gAAAA")


@pytest.mark.parametrize("more", [{}, {"input": "And now?"}], ids=["alone", "with input"])
def test_R41_R13_a_stored_chain_is_compacted(client, live_path_server, more):
    first = client.responses.create(model="f04-parallel-tools", input="Weather?", instructions="Be brief.")
    outputs = [{"type": "function_call_output", "call_id": item.call_id, "output": "rain"} for item in first.output if item.type == "function_call"]
    second = client.responses.create(model="f01-plain-text", input=outputs, previous_response_id=first.id)
    assert client.responses.compact(model="gpt-5.5", previous_response_id=second.id, **more).output[0].encrypted_content == "gAAAA"
    calls = live_path_server.upstream_requests()
    sent = calls[-1].body["input"]
    assert [item["type"] for item in sent] == ["message", "reasoning", "message", "function_call", "function_call", "function_call_output",
                                               "function_call_output", "message", *(["message"] if more else [])]
    assert sent[1]["encrypted_content"].startswith("gAAAAAB") and calls[-1].body["instructions"] == ""
    assert len({call.header("session-id") for call in calls}) == 1, "one place in the prompt cache"


def test_R41_E08_an_unknown_chain(client, live_path_server):
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.compact(model="gpt-5.5", previous_response_id="resp_never", input="hi")
    assert (refused.value.code, refused.value.param) == ("previous_response_not_found", "previous_response_id")
    assert live_path_server.upstream_requests() == []


def test_R41_node(live_path_server):
    seen = node.run("compaction.mjs", live_path_server.base_url)
    for call in ("created", "chained"):
        created = node.value(seen[call])
        assert created["object"] == "response.compaction" and created["output"] == [ITEM]
    chained = live_path_server.upstream_requests()[-1]
    assert chained.path == "/responses/compact"
    assert [item["content"][0]["text"] for item in chained.body["input"]] == ["Hi!", "Hello, world.", "And now?"]
    assert (seen["refused"]["error"]["status"], seen["refused"]["error"]["code"]) == (400, "previous_response_not_found")


def test_R41_a_client_that_leaves_ends_the_call(live_path_server, fake_upstream):
    fake_upstream.answer_with(lambda _: Reply([Gate()], headers=[["content-type", "application/json"]]))
    with pytest.raises(openai.APITimeoutError):
        openai.OpenAI(base_url=live_path_server.base_url, api_key="test", max_retries=0, timeout=1).responses.compact(model="m", input="hi")
    (call,) = fake_upstream.posts()
    assert call.connection_closed.wait(5)


@pytest.mark.parametrize("body,param", [({"model": "m"}, "input"), ({"model": "m", "input": 7}, "input"), ({"model": "m", "input": [{"type": "nonsense"}]}, None)])
def test_R41_what_is_refused(live_path_server, body, param):
    answer = raw.call(live_path_server, "POST", PATH, body)
    assert answer.status == 400 and (param is None or answer.json()["error"]["param"] == param), answer.body
    assert live_path_server.upstream_requests() == []


@pytest.mark.parametrize("status,body,wanted", [(200, b"{}", 502), (200, b"<html>", 502), (429, b'{"detail":"slow down"}', 429), (500, b"{}", 500)])
def test_R41_failures_of_the_backend(live_path_server, fake_upstream, status, body, wanted):
    fake_upstream.answer_with(lambda _: Reply([body], status, [["content-type", "application/json"]]))
    answer = raw.call(live_path_server, "POST", PATH, {"model": "m", "input": "hi"})
    assert answer.status == wanted and len(live_path_server.upstream_requests()) == 1
