"""What the backend cannot do and the server does for it: stop sequences, token limits, several choices."""
import json
import threading
import time

import openai
import pytest

from harness import raw
from harness.cases import CASSETTES
from harness.laws import chat_chunks, response_events, response_object
from harness.upstream import Gate, Reply
from test_node import run, value

MODEL = "f01-plain-text"  # "Hello" and ", world."
TOOLS = "f04-parallel-tools"  # reasoning, a comment, two calls
GOAL = 0.1


def text_of(chunks, index=0):
    return "".join(c["delta"].get("content") or "" for chunk in chunks for c in chunk["choices"] if c["index"] == index)


def finish_of(chunks, index=0):
    return [c["finish_reason"] for chunk in chunks for c in chunk["choices"] if c["index"] == index and c["finish_reason"]]


@pytest.fixture(params=["sync", "async"])
def calls(request, live_path_server, make_calls):
    return make_calls(live_path_server.base_url, request.param)


@pytest.fixture(scope="module")
def node_results(replay_server):
    return run("emulation.mjs", replay_server.base_url)


# stop


@pytest.mark.parametrize("stop,text", [("wor", "Hello, "), (["never", "o, w"], "Hell"), ("H", ""), (["lo", "llo"], "He"), ("absent", "Hello, world.")])
def test_C22_stop(replay_calls, stop, text):
    choice = replay_calls().chat(MODEL, stop=stop).choices[0]
    assert (choice.message.content, choice.finish_reason) == (text, "stop")


@pytest.mark.parametrize("server_name", ["replay_server", "sliced_server"])
@pytest.mark.parametrize("stop,text", [("wor", "Hello, "), (["never", "o, w"], "Hell"), ("H", ""), ("world!", "Hello, world.")])
def test_K16_stop_across_chunks(request, server_name, stop, text):
    answer = raw.chat(request.getfixturevalue(server_name), MODEL, True, usage=True, stop=stop)
    chunks = chat_chunks(answer.body, usage=True)
    assert (text_of(chunks), finish_of(chunks)) == (text, ["stop"])
    assert answer.header("x-ocx-adjusted") == "stop" and answer.header("x-ocx-ignored") is None
    assert chunks[-1]["usage"]["prompt_tokens"] > 0


def test_K16_stop_with_the_stream_helper(replay_calls):
    seen = replay_calls().chat_helper(MODEL, stop=["o, w"])
    assert seen.error is None
    assert (seen.final.choices[0].message.content, seen.final.choices[0].finish_reason) == ("Hell", "stop")


def test_C22_calls_after_the_hit_never_appear(replay_server):
    chunks = chat_chunks(raw.chat(replay_server, TOOLS, True, stop="both").body)
    assert text_of(chunks) == "Checking " and finish_of(chunks) == ["stop"]
    assert not any("tool_calls" in c["delta"] for chunk in chunks for c in chunk["choices"])


def test_C22_arguments_are_not_searched(replay_server):
    answer = raw.chat(replay_server, TOOLS, False, stop=["Oslo"]).json()
    assert [c["function"]["arguments"] for c in answer["choices"][0]["message"]["tool_calls"]] == ['{"city":"Oslo"}', '{"city":"Rome"}']


@pytest.mark.parametrize("members", [{"stop": "ell"}, {"max_tokens": 1}, {"max_completion_tokens": 1}], ids=lambda m: next(iter(m)))
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
def test_C22_C29_the_backend_is_cancelled_at_the_hit(live_path_server, fake_upstream, capsys, members, stream):
    """The best of three, because other programs run on this machine, too; a server that waits for the end of the body needs twice the goal."""
    spent = []
    for _ in range(3):
        frames = Reply.of_cassette(MODEL).chunks
        hit = b"".join(frames[:5]).replace(b'"Hello"', b'"Hello, you there"')
        fake_upstream.script(Reply([hit, Gate(), *frames[5:]]))
        before = time.monotonic()
        answer = raw.chat(live_path_server, "m", stream, **members)
        call = fake_upstream.posts()[-1]
        assert answer.status == 200 and len(fake_upstream.posts()) == len(spent) + 1, "a call was sent again: the gate was the first one's"
        assert call.connection_closed.wait(5), "the connection to the backend stayed open"
        spent.append(call.closed_at - before)
    with capsys.disabled():
        print(f"\n{members}: closed after {min(spent) * 1000:.1f} ms, the request included", end=" ")
    assert min(spent) <= GOAL


# token limits


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_C29_chat_limit(replay_calls, name):
    completion = replay_calls().chat(MODEL, **{name: 2})
    choice = completion.choices[0]
    assert (choice.message.content, choice.finish_reason) == ("Hello,", "length")
    assert completion.usage.completion_tokens == 2 and completion.usage.prompt_tokens > 0
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + 2


def test_C29_a_limit_that_is_not_reached(replay_calls):
    completion = replay_calls().chat(MODEL, max_completion_tokens=500)
    assert (completion.choices[0].message.content, completion.choices[0].finish_reason) == ("Hello, world.", "stop")
    assert completion.usage.completion_tokens == 6, "the backend's own count"


def test_C29_both_names_are_refused(replay_server):
    answer = raw.chat(replay_server, MODEL, False, max_tokens=5, max_completion_tokens=5)
    assert answer.status == 400 and answer.json()["error"]["param"] == "max_tokens"


@pytest.mark.parametrize("server_name", ["replay_server", "sliced_server"])
@pytest.mark.parametrize("limit", range(1, 9))
def test_C29_chat_stream_limit(request, server_name, limit):
    chunks = chat_chunks(raw.chat(request.getfixturevalue(server_name), TOOLS, True, usage=True, max_tokens=limit).body, usage=True)
    assert finish_of(chunks) == ["length"] and chunks[-1]["usage"]["completion_tokens"] == limit


def test_C29_the_stream_helper_raises_at_the_limit(replay_calls):
    assert isinstance(replay_calls().chat_helper(MODEL, max_completion_tokens=1).error, openai.LengthFinishReasonError)


@pytest.mark.parametrize("server_name", ["replay_server", "sliced_server"])
@pytest.mark.parametrize("limit", range(1, 9))
@pytest.mark.parametrize("model", [MODEL, "f02-reasoning", TOOLS])
def test_compat31_responses_limit(request, server_name, model, limit):
    """Small limits through chat's name: the API's own begins at 16."""
    server = request.getfixturevalue(server_name)
    answer = raw.responses(server, model, True, max_tokens=limit)
    events = response_events(answer.body)
    final = events[-1]["response"]
    plain = raw.responses(server, model, False, max_tokens=limit).json()
    response_object(plain)
    assert (plain["status"], plain["incomplete_details"]) == (final["status"], final["incomplete_details"])
    assert plain["output"] == final["output"] and plain["usage"] == final["usage"]
    assert answer.header("x-ocx-adjusted") == "max_tokens"
    if events[-1]["type"] == "response.incomplete":
        assert final["incomplete_details"] == {"reason": "max_output_tokens"}
        assert final["usage"]["output_tokens"] == limit and final["usage"]["input_tokens"] > 0
        assert final["output"][-1]["status"] == "incomplete"
        assert sum(e["type"] == "response.output_item.done" for e in events) == len(final["output"])


def test_compat31_max_output_tokens(calls, live_path_server, fake_upstream):
    """The API's own name, with an answer that is long enough, in the strict client."""
    words = " ".join(["word"] * 200)
    frames = [f.replace(b'"Hello"', json.dumps(words).encode()) for f in Reply.of_cassette(MODEL).chunks[:5]]
    fake_upstream.script(*(Reply([*frames, Gate()]) for _ in range(2)))
    events = calls.response_events("m", max_output_tokens=16).events
    whole = calls.response("m", max_output_tokens=16)
    for response in (events[-1].response, whole):
        assert response.status == "incomplete" and response.incomplete_details.reason == "max_output_tokens"
        assert response.output_text == " ".join(["word"] * 16) and response.usage.output_tokens == 16
        assert response.max_output_tokens == 16


# several choices


def test_C23_two_choices(calls, live_path_server, fake_upstream):
    fake_upstream.script(Reply.of_cassette(MODEL), Reply.of_cassette("f02-reasoning"))
    completion = calls.chat("m", n=2)
    assert len(live_path_server.upstream_requests()) == 2
    assert [c.index for c in completion.choices] == [0, 1]
    assert sorted(c.message.content for c in completion.choices) == ["Hello, world.", "Use B."]
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (12 + 40, 6 + 55)


def test_K15_two_choices_streamed(calls, live_path_server):
    seen = calls.chat_helper(MODEL, n=2, stream_options={"include_usage": True})
    assert seen.error is None and len(live_path_server.upstream_requests()) == 2
    assert [(c.index, c.message.content, c.finish_reason) for c in seen.final.choices] == [(0, "Hello, world.", "stop"), (1, "Hello, world.", "stop")]
    assert seen.final.usage.total_tokens == 2 * 18


@pytest.mark.parametrize("n", [2, 3, 8])
def test_K15_interleaved_choices(live_path_server, fake_upstream, n):
    """The last of them speaks first; the others are heard when they come."""
    gates = [Gate() for _ in range(n)]
    frames = Reply.of_cassette(MODEL).chunks
    fake_upstream.script(*(Reply([gate, *frames]) for gate in gates))
    gates[-1].set()
    for place, gate in enumerate(gates[:-1], 1):
        threading.Timer(0.05 * place, gate.set).start()
    answer = raw.chat(live_path_server, "m", True, usage=True, n=n)
    chunks = chat_chunks(answer.body, usage=True, choices=n)
    assert [text_of(chunks, i) for i in range(n)] == ["Hello, world."] * n
    assert [finish_of(chunks, i) for i in range(n)] == [["stop"]] * n
    assert chunks[-1]["usage"]["total_tokens"] == 18 * n and answer.header("x-ocx-adjusted") == "n"


def test_C23_legacy_functions(replay_calls):
    functions = [{"name": "get_weather", "parameters": {"type": "object", "properties": {}}}]
    completion = replay_calls().chat("f03-tool-call", functions=functions, n=2)
    assert [c.message.function_call.name for c in completion.choices] == ["get_weather"] * 2


def test_C23_stop_and_limit_count_for_each_choice(replay_server):
    answer = raw.chat(replay_server, MODEL, False, n=3, stop=["wor"], max_tokens=50)
    assert [c["message"]["content"] for c in answer.json()["choices"]] == ["Hello, "] * 3
    assert sorted(answer.header("x-ocx-adjusted").split(", ")) == ["max_tokens", "n", "stop"]


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
def test_C23_one_choice_that_fails_early_fails_all(live_path_server, fake_upstream, stream):
    refusal = Reply([b'{"error":{"code":"rate_limit_exceeded","message":"Slow down."}}'], 429, [["content-type", "application/json"]], "length")
    fake_upstream.script(Reply([Gate()]), refusal)
    answer = raw.call(live_path_server, "POST", "/v1/chat/completions",
                      {"model": "m", "messages": [{"role": "user", "content": "hi"}], "n": 2, "stream": stream}, {"x-stainless-retry-count": "0"})
    assert answer.status == 429 and "Slow down." in answer.json()["error"]["message"]
    until = time.monotonic() + 5
    while not any(c.closed_at for c in fake_upstream.posts()):
        assert time.monotonic() < until, "the other call went on"
        time.sleep(0.002)


@pytest.mark.parametrize("n,code", [(0, "integer_below_min_value"), (129, "integer_above_max_value"), (9, "unsupported_value"), (128, "unsupported_value")])
def test_C24_counts_that_are_refused(live_path_server, n, code):
    answer = raw.chat(live_path_server, MODEL, False, n=n)
    assert answer.status == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == ("n", code)
    assert live_path_server.upstream_requests() == []


def test_emulated_parameters_are_fine_in_strict_mode(serve):
    server = serve("--replay", CASSETTES, "--strict")
    answer = raw.chat(server, MODEL, False, n=2, stop="wor", max_completion_tokens=9)
    assert answer.status == 200 and answer.header("x-ocx-ignored") is None


# openai-node


@pytest.mark.parametrize("call", ["stopCreate", "stopHelper"])
def test_C22_K16_node(node_results, call):
    assert value(node_results[call]) == [{"index": 0, "text": "Hello, ", "finish": "stop"}]


def test_C29_node(node_results):
    assert value(node_results["limitHelper"]) == [{"index": 0, "text": "Hello", "finish": "length"}]


def test_C23_K15_node(node_results):
    both = [{"index": i, "text": "Hello, world.", "finish": "stop"} for i in (0, 1)]
    assert value(node_results["choicesCreate"]) == both
    assert value(node_results["choicesHelper"]) == {"choices": both, "total": 36}


@pytest.mark.parametrize("call", ["limitResponse", "limitResponseHelper"])
def test_compat31_node(node_results, call):
    facts = value(node_results[call])
    assert (facts["status"], facts["reason"], facts["text"]) == ("incomplete", "max_output_tokens", "Hello")
    assert facts["usage"]["output"] == 1 and facts["usage"]["input"] > 0
