"""POST /v1/completions, the API before Chat Completions, emulated: M14 with both SDKs, and what becomes of it upstream."""
import json

import openai
import pytest

from harness import backend, node, raw
from harness.upstream import Reply

PATH, MODEL, TEXT = "/v1/completions", "f01-plain-text", "Hello, world."


@pytest.fixture(scope="module")
def connect(live_process):
    """A stream's chunks have no finish_reason, which the types of openai-python do not allow for; hence only documents are read strictly."""
    return lambda strict: openai.OpenAI(base_url=live_process.base_url, api_key="test", max_retries=0, timeout=30, _strict_response_validation=strict)


@pytest.fixture
def client(connect, live_path_server):
    return connect(True)


@pytest.fixture
def node_results(live_path_server):
    return node.run("completions.mjs", live_path_server.base_url)


def prompts(server):
    return [call.body["input"][0]["content"][0]["text"] for call in server.upstream_requests()]


def streamed(connect, **members):
    text, finish, usage = {}, {}, None
    with connect(False).completions.create(model=MODEL, stream=True, **members) as stream:
        for chunk in stream:
            assert chunk.object == "text_completion" and chunk.id.startswith("cmpl-")
            for choice in chunk.choices:
                text[choice.index] = text.get(choice.index, "") + choice.text
                if choice.finish_reason:
                    finish[choice.index] = choice.finish_reason
            usage = chunk.usage or usage
    return text, finish, usage


def test_M14_text(client, live_path_server):
    completion = client.completions.create(model=MODEL, prompt="hi")
    (choice,) = completion.choices
    assert (choice.text, choice.index, choice.finish_reason, choice.logprobs) == (TEXT, 0, "stop", None)
    assert completion.object == "text_completion" and completion.id.startswith("cmpl-") and completion.usage.total_tokens > 0
    assert prompts(live_path_server) == ["hi"]


def test_M14_stream(connect, live_path_server):
    text, finish, usage = streamed(connect, prompt="hi", stream_options={"include_usage": True})
    assert (text, finish) == ({0: TEXT}, {0: "stop"}) and usage.completion_tokens > 0
    assert streamed(connect, prompt="hi")[2] is None


def test_M14_records_of_a_stream(live_path_server):
    answer = raw.call(live_path_server, "POST", PATH, {"model": MODEL, "prompt": "hi", "stream": True})
    records = answer.body.decode().split("\n\n")
    assert answer.header("content-type").startswith("text/event-stream") and records[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(record.removeprefix("data: ")) for record in records[:-2]]
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    assert chunks[-1]["choices"] == [{"text": "", "index": 0, "logprobs": None, "finish_reason": "stop"}]


@pytest.mark.parametrize("stream", [False, True], ids=["document", "stream"])
def test_M14_every_prompt_has_n_choices_in_order(connect, live_path_server, fake_upstream, stream):
    fake_upstream.answer_with(lambda call: backend.reply(
        backend.created(), backend.message(0, [call.body["input"][0]["content"][0]["text"], "!"]), backend.completed()))
    wanted = {0: "one!", 1: "one!", 2: "two!", 3: "two!"}
    if stream:
        assert streamed(connect, prompt=["one", "two"], n=2)[0] == wanted
    else:
        completion = connect(True).completions.create(model=MODEL, prompt=["one", "two"], n=2)
        assert {choice.index: choice.text for choice in completion.choices} == wanted
        assert completion.usage.prompt_tokens == 4 * backend.USAGE["input_tokens"]
    assert sorted(prompts(live_path_server)) == ["one", "one", "two", "two"]


def test_M14_what_one_prompt_is_cured_of_the_others_are_too(connect, live_path_server, fake_upstream):
    """A parameter that the model does not take is left out of every body, and each prompt stays with its choice."""
    def answer(call):
        if call.body.get("reasoning"):
            return Reply([b'{"detail":"Unsupported parameter: reasoning"}'], 400, [["content-type", "application/json"]])
        return backend.reply(backend.created(), backend.message(0, [call.body["input"][0]["content"][0]["text"]]), backend.completed())

    fake_upstream.answer_with(answer)
    answer = connect(True).completions.with_raw_response.create(model=MODEL, prompt=["one", "two"], extra_body={"reasoning_effort": "low"})
    assert [choice.text for choice in answer.parse().choices] == ["one", "two"]
    assert "reasoning" in answer.headers["x-ocx-adjusted"]


def test_M14_echo_stop_and_limit(client, live_path_server):
    assert client.completions.create(model=MODEL, prompt="Say: ", echo=True).choices[0].text == "Say: " + TEXT
    stopped = client.completions.with_raw_response.create(model=MODEL, prompt="hi", stop=["wor"], temperature=0.2)
    assert stopped.parse().choices[0].text == "Hello, "
    assert (stopped.headers["x-ocx-adjusted"], stopped.headers["x-ocx-ignored"]) == ("stop", "temperature")
    limited = client.completions.create(model=MODEL, prompt="hi", max_tokens=2).choices[0]
    assert (limited.text, limited.finish_reason) == ("Hello,", "length")


@pytest.mark.parametrize("members,param,code", [
    ({}, "prompt", "missing_required_parameter"), ({"prompt": [1, 2]}, "prompt", "unsupported_value"), ({"prompt": [[1], [2]]}, "prompt", "unsupported_value"),
    ({"prompt": []}, "prompt", "empty_array"), ({"prompt": "p", "suffix": "s"}, "suffix", "unsupported_parameter"),
    ({"prompt": "p", "echo": True, "logprobs": 2}, "logprobs", "unsupported_parameter"), ({"prompt": "p", "best_of": 3}, "best_of", "unsupported_value"),
    ({"prompt": ["p"] * 9}, "prompt", "unsupported_value"), ({"prompt": "p", "stop": ["x"] * 5}, "stop", "array_above_max_length"),
    ({"prompt": "p", "stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
])
def test_M14_what_is_refused(live_path_server, members, param, code):
    answer = raw.call(live_path_server, "POST", PATH, {"model": MODEL, **members})
    error = answer.json()["error"]
    assert (answer.status, error["param"], error["code"]) == (400, param, code), error
    assert live_path_server.upstream_requests() == []


def test_M14_failures(connect, live_path_server, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Hel"])[:3], end="cut"))
    with pytest.raises(openai.APIError) as caught, connect(False).completions.create(model="m", prompt="hi", stream=True) as stream:
        for _ in stream:
            pass
    assert caught.value.code == "upstream_error"


def test_M14_node(node_results):
    created = node.value(node_results["create"])
    assert created["choices"] == [{"text": TEXT, "index": 0, "logprobs": None, "finish_reason": "stop"}] and created["object"] == "text_completion"
    assert [(c["index"], c["text"]) for c in node.value(node_results["many"])["choices"]] == [(n, TEXT) for n in range(4)]
    assert node.value(node_results["stop"])["choices"][0]["text"] == "Hello, "


def test_M14_stream_node(node_results):
    seen = node.value(node_results["stream"])
    assert (seen["text"], seen["finish"]) == ({"0": TEXT}, {"0": "stop"}) and seen["usage"]["total_tokens"] > 0
    assert node.value(node_results["streamMany"])["text"] == {"0": TEXT, "1": TEXT}
    assert (node_results["tokens"]["error"]["status"], node_results["tokens"]["error"]["param"]) == (400, "prompt")
