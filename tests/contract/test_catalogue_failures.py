"""Requests that fail upstream, are repaired or are limited here: cases that test_retries.py and test_emulation.py look at from openai-python's side,
each with openai-python, its asynchronous client and openai-node."""
import json

import pytest

from harness import backend
from harness.speakers import Refused
from harness.upstream import Gate, Reply

ENDPOINTS = pytest.mark.parametrize("endpoint", ["chat", "responses"])


def refusal(status, body):
    return Reply([json.dumps(body).encode()], status, [["content-type", "application/json"]], "length")


def refused(speaker, endpoint, **members):
    with pytest.raises(Refused) as caught:
        (speaker.chat if endpoint == "chat" else speaker.response)("m", **members)
    return caught.value


def facts(error):
    return error.status, error.code, error.type


@pytest.fixture(scope="module")
def serve_nowhere(serve, login):
    return serve("--backend-base-url", "http://127.0.0.1:1/backend-api/codex", "--auth-json", login.path)


@pytest.fixture(scope="module")
def impatient(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--timeout", "0.3")


@ENDPOINTS
def test_E14_nobody_listens_upstream(speak, serve_nowhere, endpoint):
    assert facts(refused(speak(serve_nowhere), endpoint)) == (502, "upstream_error", "server_error")


@ENDPOINTS
def test_E15_upstream_says_nothing(speak, impatient, fake_upstream, endpoint):
    fake_upstream.script(Reply([Gate()]))
    assert facts(refused(speak(impatient), endpoint)) == (504, "upstream_timeout", "server_error")
    assert len(fake_upstream.posts()) == 1


@ENDPOINTS
def test_E16_the_parameter_that_upstream_names(speak, live_path_server, fake_upstream, endpoint):
    fake_upstream.script(refusal(400, {"detail": "Unsupported parameter: temperature"}))
    error = refused(speak(live_path_server), endpoint)
    assert (*facts(error), error.param) == (400, "unsupported_parameter", "invalid_request_error", "temperature")


@ENDPOINTS
def test_E10_compat43_a_model_that_the_account_lacks(speak, live_path_server, fake_upstream, endpoint):
    fake_upstream.script(refusal(400, {"detail": "The 'm' model is not supported when using Codex with a ChatGPT account."}))
    error = refused(speak(live_path_server), endpoint)
    assert facts(error) == (404, "model_not_found", "invalid_request_error")
    assert all(model["id"] in error.message for model in speak(live_path_server).call("models.list")["document"])


@ENDPOINTS
def test_E24_upstream_401_that_stays(speak, live_path_server, fake_upstream, endpoint):
    fake_upstream.script(*(refusal(401, {"detail": "Unauthorized"}) for _ in range(6)))
    assert refused(speak(live_path_server), endpoint).status == 503


@ENDPOINTS
def test_E11_compat98_usage_limit(speak, live_path_server, fake_upstream, endpoint):
    limit = {"error": {"type": "usage_limit_reached", "message": "The usage limit has been reached", "plan_type": "plus", "resets_in_seconds": 13872}}
    fake_upstream.script(refusal(429, limit))
    error = refused(speak(live_path_server, retries=2), endpoint)
    assert facts(error) == (429, "usage_limit_reached", "usage_limit_reached") and "plus" in error.message
    assert len(fake_upstream.posts()) == 1, "the client was told not to try again"


def test_compat51_unreadable_reasoning_is_dropped_once(speak, live_path_server, fake_upstream):
    complaint = {"error": {"message": "The encrypted content could not be verified.", "type": "invalid_request_error", "code": "invalid_encrypted_content"}}
    fake_upstream.script(refusal(400, complaint), backend.reply(backend.created(), backend.message(0, ["a"]), backend.completed()))
    turns = [{"role": "user", "content": "a"}, {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gOther"},
             {"role": "user", "content": "b"}]
    assert speak(live_path_server).response("m", input=turns)["document"]["status"] == "completed"
    first, second = ([item["type"] for item in request.body["input"]] for request in fake_upstream.posts())
    assert first == ["message", "reasoning", "message"] and second == ["message", "message"]


def test_compat31_a_limit_cuts_the_answer(speak, live_path_server, fake_upstream):
    def long_answer():
        return Reply([*backend.created(), *backend.message(0, [f"{'word ' * 50}"] * 10), *backend.completed()])

    fake_upstream.script(long_answer(), long_answer(), long_answer())
    document = speak(live_path_server).response("m", max_output_tokens=16)["document"]
    assert document["status"] == "incomplete" and document["incomplete_details"] == {"reason": "max_output_tokens"}
    assert document["output"][0]["content"][0]["text"].split() == ["word"] * 16 and document["usage"]["output_tokens"] == 16
    choice = speak(live_path_server).chat("m", max_tokens=16)["document"]["choices"][0]
    assert choice["finish_reason"] == "length" and choice["message"]["content"].split() == ["word"] * 16
    last = speak(live_path_server).response_events("m", max_output_tokens=16).items[-1]
    assert last["type"] == "response.incomplete" and last["response"]["usage"]["output_tokens"] == 16


@pytest.mark.parametrize("n", [0, 9, 129])
def test_C24_numbers_of_choices_that_are_refused(speak, live_path_server, n):
    error = refused(speak(live_path_server), "chat", n=n)
    assert error.status == 400 and error.param == "n" and live_path_server.upstream_requests() == []


def test_C29_two_limits_are_refused(speak, live_path_server):
    assert refused(speak(live_path_server), "chat", max_tokens=5, max_completion_tokens=5).status == 400


def test_C22_K16_stop_is_never_shown(speak, live_path_server):
    choice = speak(live_path_server).chat("f01-plain-text", stop=["wor"])["document"]["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("Hello, ", "stop")
    told = speak(live_path_server).chat_events("f01-plain-text", stop=["wor"])
    assert "".join(delta.get("content") or "" for delta in told.deltas()) == "Hello, "


def test_C23_K15_two_choices(speak, live_path_server):
    choices = speak(live_path_server).chat("f01-plain-text", n=2)["document"]["choices"]
    assert [(choice["index"], choice["message"]["content"]) for choice in choices] == [(0, "Hello, world."), (1, "Hello, world.")]
    told = speak(live_path_server).chat_events("f01-plain-text", n=2)
    assert {choice["index"] for choice in told.choices()} == {0, 1} and len(live_path_server.upstream_requests()) == 4
