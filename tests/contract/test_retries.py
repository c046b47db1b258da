"""What happens after a failure: who repeats, how often, what is taken from a request that the backend refuses, and what the client is told."""
import asyncio
import json
import threading
import time

import openai
import pytest

from harness import raw
from harness.cases import cases
from harness.laws import chat_chunks, response_events
from harness.node import run as node
from harness.upstream import Gate, Reply

HI = [{"role": "user", "content": "hi"}]
JSON = [["content-type", "application/json"]]
LIMIT = {"error": {"type": "usage_limit_reached", "message": "The usage limit has been reached", "plan_type": "plus", "resets_in_seconds": 13872,
                   "resets_at": 4102444800, "eligible_promo": None}}
WINDOWS = [["x-codex-primary-used-percent", "100"], ["x-codex-plan-type", "plus"], ["openai-model", "gpt-x"]]


def refusal(status, body, headers=()):
    return Reply([body if isinstance(body, bytes) else json.dumps(body).encode()], status, [*JSON, *headers], "length")


def hello():
    return Reply.of_cassette("f01-plain-text")


class Sdk:
    """openai-python with its own retries on, synchronous or not, streaming or not, on either endpoint."""

    def __init__(self, server, kind, retries):
        self.kind = kind
        made = openai.OpenAI if kind == "sync" else openai.AsyncOpenAI
        self.client = made(base_url=server.base_url, api_key="k", max_retries=retries, timeout=20)

    def call(self, endpoint, stream=False):
        of = self.client.responses if endpoint == "responses" else self.client.chat.completions
        asked = {"input": "hi"} if endpoint == "responses" else {"messages": HI}
        if self.kind == "sync":
            return of.create(model="m", stream=stream, **asked)

        async def once():
            try:
                return await of.create(model="m", stream=stream, **asked)
            finally:
                await self.client.close()

        return asyncio.run(once())


@pytest.fixture(params=["sync", "async"])
def kind(request):
    return request.param


ENDPOINTS = pytest.mark.parametrize("endpoint", ["responses", "chat"])
STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@ENDPOINTS
@STREAMS
def test_E13_500_upstream_is_three_calls_not_nine(live_path_server, fake_upstream, kind, endpoint, stream):
    fake_upstream.script(*(refusal(500, {"error": {"code": "server_error", "message": "Broken."}}, [["retry-after", "0"]]) for _ in range(9)))
    with pytest.raises(openai.InternalServerError) as caught:
        Sdk(live_path_server, kind, 2).call(endpoint, stream)
    assert len(fake_upstream.posts()) == 3 and caught.value.request_id


@pytest.mark.parametrize("headers", [{"User-Agent": "ai/5.0.101 ai-sdk/openai/2.0.75"}, {"User-Agent": "codex_cli_rs/0.155.1"}, {"originator": "codex_exec"},
                                     {"x-stainless-retry-count": "0"}], ids=lambda h: next(iter(h.values())).split("/")[0])
def test_E13_clients_that_repeat_are_known(live_path_server, fake_upstream, headers):
    fake_upstream.script(*(refusal(500, b"") for _ in range(3)))
    assert raw.call(live_path_server, "POST", "/v1/responses", {"model": "m", "input": "hi"}, headers).status == 500
    assert len(fake_upstream.posts()) == 1


@ENDPOINTS
@STREAMS
def test_E13_others_get_two_repeats(live_path_server, fake_upstream, endpoint, stream):
    fake_upstream.script(refusal(500, b"<html>down</html>"), refusal(502, b""), hello())
    began = time.monotonic()
    answer = getattr(raw, endpoint)(live_path_server, "m", stream)
    assert answer.status == 200 and len(fake_upstream.posts()) == 3 and time.monotonic() - began >= 0.5
    assert len({r.raw for r in fake_upstream.posts()}) == 1, "the request changed between attempts"
    if stream:
        (response_events if endpoint == "responses" else chat_chunks)(answer.body)


@pytest.mark.parametrize("end", ["cut", "reset"])
@ENDPOINTS
@STREAMS
def test_E13_a_stream_cut_before_the_model_spoke_is_repeated(live_path_server, fake_upstream, endpoint, stream, end):
    fake_upstream.script(Reply.of_cassette("f16h-after-created", end=end), hello())
    answer = getattr(raw, endpoint)(live_path_server, "m", stream)
    assert answer.status == 200 and len(fake_upstream.posts()) == 2
    if stream:
        (response_events if endpoint == "responses" else chat_chunks)(answer.body)


@ENDPOINTS
def test_E14_upstream_refused(serve, login, kind, endpoint):
    """Nobody listens there: 502, after the repeats for a client that has none of its own."""
    server = serve("--backend-base-url", "http://127.0.0.1:1/backend-api/codex", "--auth-json", login.path, "--verbose")
    with pytest.raises(openai.InternalServerError) as caught:
        Sdk(server, kind, 0).call(endpoint)
    assert caught.value.status_code == 502 and caught.value.code == "upstream_error" and caught.value.type == "server_error"
    assert raw.chat(server, "m", False).status == 502
    assert server.log().count("trying again in") == 2


@pytest.fixture(scope="module")
def impatient(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--timeout", "0.3", "--verbose", "--strict")


@ENDPOINTS
@STREAMS
def test_E15_upstream_timeout(impatient, fake_upstream, endpoint, stream):
    fake_upstream.script(Reply([Gate()]), hello())
    answer = getattr(raw, endpoint)(impatient, "m", stream)
    assert answer.status == 504 and answer.json()["error"]["code"] == "upstream_timeout"
    assert len(fake_upstream.posts()) == 1, "a silence is not waited for twice"


@ENDPOINTS
@STREAMS
def test_E16_upstream_detail_body(live_path_server, fake_upstream, kind, endpoint, stream):
    fake_upstream.script(refusal(400, {"detail": "Unsupported parameter: temperature"}))
    with pytest.raises(openai.BadRequestError) as caught:
        Sdk(live_path_server, kind, 2).call(endpoint, stream)
    assert (caught.value.param, caught.value.code, caught.value.type) == ("temperature", "unsupported_parameter", "invalid_request_error")
    assert len(fake_upstream.posts()) == 1, "there is nothing to drop"


@ENDPOINTS
@STREAMS
def test_compat98_compat99_E11_usage_limit(live_path_server, fake_upstream, kind, endpoint, stream):
    fake_upstream.script(*(refusal(429, LIMIT, WINDOWS) for _ in range(3)))
    with pytest.raises(openai.RateLimitError) as caught:
        Sdk(live_path_server, kind, 2).call(endpoint, stream)
    error, headers = caught.value, caught.value.response.headers
    assert len(fake_upstream.posts()) == 1
    assert (error.type, error.code) == ("usage_limit_reached", "usage_limit_reached")
    assert (headers["retry-after"], headers["x-should-retry"]) == ("13872", "false")
    assert "plus" in error.message and "2100-01-01 00:00 UTC" in error.message
    assert error.body["message"] in error.message
    assert error.body == {"message": error.body["message"], "type": "usage_limit_reached", "param": None, "code": "usage_limit_reached", "plan_type": "plus",
                          "resets_at": 4102444800}


@ENDPOINTS
@STREAMS
def test_compat101_the_windows_come_with_an_error(live_path_server, fake_upstream, endpoint, stream):
    fake_upstream.script(refusal(429, LIMIT, WINDOWS))
    answer = getattr(raw, endpoint)(live_path_server, "m", stream, temperature=0.5)
    assert answer.status == 429 and [answer.header(name) for name, _ in WINDOWS] == [value for _, value in WINDOWS]
    assert "temperature" in answer.header("x-ocx-ignored")
    assert "ignored=temperature" in live_path_server.log()


@ENDPOINTS
@STREAMS
def test_E12_transient_429(live_path_server, fake_upstream, kind, endpoint, stream):
    limited = refusal(429, {"error": {"code": "rate_limit_exceeded", "message": "Please try again in 10ms."}})
    fake_upstream.script(limited, hello())
    Sdk(live_path_server, kind, 2).call(endpoint, stream)
    assert len(fake_upstream.posts()) == 2


@ENDPOINTS
def test_E17_429_before_the_first_event(live_path_server, fake_upstream, kind, endpoint):
    fake_upstream.script(Reply.of_cassette("f12-rate-limit-no-delay"))
    with pytest.raises(openai.RateLimitError) as caught:
        Sdk(live_path_server, kind, 0).call(endpoint, True)
    assert caught.value.status_code == 429 and caught.value.response.headers["retry-after"] and caught.value.code == "rate_limit_exceeded"


@ENDPOINTS
@STREAMS
def test_E22_nonstream_failed(live_path_server, fake_upstream, endpoint, stream):
    """Pinned: a response that failed before a word is an HTTP status on both endpoints, streaming or not."""
    fake_upstream.script(*(Reply.of_cassette("f12-server-error") for _ in range(3)))
    answer = getattr(raw, endpoint)(live_path_server, "m", stream)
    assert answer.status == 502 and answer.json()["error"]["code"] == "server_error" and len(fake_upstream.posts()) == 3


@ENDPOINTS
def test_E23_nonstream_cut(live_path_server, fake_upstream, endpoint):
    fake_upstream.script(Reply.of_cassette("f16e-before-terminal", end="cut"), hello())
    answer = getattr(raw, endpoint)(live_path_server, "m", False)
    assert answer.status == 502 and len(fake_upstream.posts()) == 1, "the model had spoken"


@ENDPOINTS
@STREAMS
def test_E24_upstream_401_twice(live_path_server, fake_upstream, kind, endpoint, stream):
    fake_upstream.script(*(refusal(401, {"detail": "Unauthorized"}) for _ in range(6)))
    with pytest.raises(openai.InternalServerError) as caught:
        Sdk(live_path_server, kind, 2).call(endpoint, stream)
    assert (caught.value.status_code, caught.value.code) == (503, "upstream_auth_error")
    assert caught.value.response.headers["x-should-retry"] == "false" and len(fake_upstream.posts()) <= 2


@ENDPOINTS
@STREAMS
@pytest.mark.parametrize("case", cases("http_error"), ids=repr)
def test_E25_error_keys_whatever_upstream_answers(live_path_server, fake_upstream, case, endpoint, stream):
    answer = raw.call(live_path_server, "POST", "/v1/responses" if endpoint == "responses" else "/v1/chat/completions",
                      {"model": case.name, "stream": stream, **({"input": "hi"} if endpoint == "responses" else {"messages": HI})},
                      {"x-stainless-retry-count": "0"})
    error = answer.json()["error"]
    assert answer.status in case.status and list(error)[:4] == ["message", "type", "param", "code"] and error["message"] and error["type"]
    assert set(list(error)[4:]) <= {"plan_type", "resets_at"} and "<" not in error["message"]
    assert answer.header("x-request-id") and answer.header("openai-version") and answer.header("openai-processing-ms").isdigit()


SERVER_ERROR = {"error": {"code": "server_error", "message": "Broken."}}
NODE = {  # case: (replies, upstream calls, class, status, code)
    "E13-500": (lambda: [refusal(500, SERVER_ERROR) for _ in range(9)], 3, "InternalServerError", 502, "server_error"),
    "E11-usage-limit": (lambda: [refusal(429, LIMIT, WINDOWS) for _ in range(3)], 1, "RateLimitError", 429, "usage_limit_reached"),
    "E16-detail-body": (lambda: [refusal(400, {"detail": "Unsupported parameter: temperature"})], 1, "BadRequestError", 400, "unsupported_parameter"),
    "E17-in-the-stream": (lambda: [Reply.of_cassette("f12-usage-limit-reached")], 1, "RateLimitError", 429, "usage_limit_reached"),
    "E24-401-twice": (lambda: [refusal(401, {"detail": "Unauthorized"}) for _ in range(6)], None, "InternalServerError", 503, "upstream_auth_error"),
    "compat43-E10": (lambda: [refusal(404, {"error": {"message": "Model not found m", "type": "invalid_request_error"}})], 1, "NotFoundError", 404,
                     "model_not_found"),
    "E12-transient": (lambda: [refusal(429, {"error": {"code": "rate_limit_exceeded", "message": "Please try again in 10ms."}}), hello()], 2, None, None, None),
}


@pytest.mark.parametrize("stream", ["whole", "stream"])
@ENDPOINTS
@pytest.mark.parametrize("case", NODE)
def test_node_E10_E11_E12_E13_E16_E17_E24(live_path_server, fake_upstream, case, endpoint, stream):
    replies, calls, kind, status, code = NODE[case]
    fake_upstream.script(*replies())
    seen = node("retries.mjs", live_path_server.base_url, endpoint, stream)
    if kind is None:
        assert "value" in seen, seen
    else:
        error = seen["error"]
        assert kind in error["classes"] and (error["status"], error["code"]) == (status, code) and error["requestID"], error
    assert len(fake_upstream.posts()) == calls if calls else len(fake_upstream.posts()) <= 2


def reasoning_input():
    return [{"role": "user", "content": "a"}, {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gOther"},
            {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]


@pytest.mark.parametrize("how", ["status", "stream"])
@STREAMS
def test_compat51_unreadable_reasoning_is_dropped(live_path_server, fake_upstream, make_calls, how, stream):
    complaint = {"error": {"message": "The encrypted content could not be verified.", "type": "invalid_request_error", "code": "invalid_encrypted_content"}}
    fake_upstream.script(refusal(400, complaint) if how == "status" else Reply.of_cassette("f12-invalid-encrypted-content"), hello())
    client = make_calls(live_path_server.base_url).client
    reply = client.responses.with_raw_response.create(model="m", input=reasoning_input(), stream=stream)
    first, second = (r.body for r in fake_upstream.posts())
    assert [i["type"] for i in second["input"]] == [i["type"] for i in first["input"] if i["type"] != "reasoning"] == ["message"] * 3
    assert {k: v for k, v in first.items() if k != "input"} == {k: v for k, v in second.items() if k != "input"}
    assert "input.reasoning" in reply.headers["x-ocx-adjusted"]
    events = list(reply.parse()) if stream else None
    assert (events[-1].response if stream else reply.parse()).output[0].content[0].text == "Hello, world."


def test_compat51_only_once(live_path_server, fake_upstream):
    fake_upstream.script(*(Reply.of_cassette("f12-invalid-encrypted-content") for _ in range(3)))
    answer = raw.call(live_path_server, "POST", "/v1/responses", {"model": "m", "input": reasoning_input()})
    assert answer.status == 400 and answer.json()["error"]["code"] == "invalid_encrypted_content" and len(fake_upstream.posts()) == 2


@ENDPOINTS
def test_heal_unsupported_parameter(live_path_server, fake_upstream, endpoint):
    fake_upstream.script(refusal(400, {"detail": "Unsupported parameter: service_tier"}), hello())
    answer = getattr(raw, endpoint)(live_path_server, "m", True, service_tier="priority")
    first, second = (r.body for r in fake_upstream.posts())
    assert first.pop("service_tier") == "priority" and first == second
    assert answer.status == 200 and "service_tier" in answer.header("x-ocx-adjusted")
    assert "without service_tier" in live_path_server.log()


@pytest.mark.parametrize("name", ["model", "input", "stream", "store", "instructions"])
def test_heal_never_drops_what_the_backend_demands(live_path_server, fake_upstream, name):
    fake_upstream.script(refusal(400, {"detail": f"Unsupported parameter: {name}"}))
    answer = raw.responses(live_path_server, "m", False)
    assert answer.status == 400 and answer.json()["error"]["param"] == name and len(fake_upstream.posts()) == 1


@ENDPOINTS
@STREAMS
@pytest.mark.parametrize("status,body", [
    (400, {"detail": "The 'm' model is not supported when using Codex with a ChatGPT account."}),
    (400, {"detail": "The 'm' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again."}),
    (404, {"error": {"message": "Model not found m", "type": "invalid_request_error"}}),
], ids=["account", "version", "unknown"])
def test_compat43_E10_model_not_found(live_path_server, fake_upstream, kind, endpoint, stream, status, body):
    fake_upstream.script(refusal(status, body))
    with pytest.raises(openai.NotFoundError) as caught:
        Sdk(live_path_server, kind, 2).call(endpoint, stream)
    assert caught.value.code == "model_not_found" and caught.value.type == "invalid_request_error"
    listed = [m["id"] for m in raw.call(live_path_server, "GET", "/v1/models").json()["data"]]
    assert listed and all(name in caught.value.message for name in listed) and len(caught.value.message) < 1500


@STREAMS
def test_compat108_a_client_that_left_is_499(live_path_server, fake_upstream, stream):
    """During an attempt, and while a repeat is waited for: the backend is asked once, nobody is blamed."""
    for script in ([Reply([Gate()])], [refusal(503, b"", [["retry-after", "3"]]), hello()]):
        fake_upstream.script(*script)
        known, seen = live_path_server.log().count("status=499"), len(fake_upstream.posts())
        left = threading.Thread(target=leave_early, args=(live_path_server, stream))
        left.start()
        left.join(5)
        until = time.monotonic() + 5
        while live_path_server.log().count("status=499") == known and time.monotonic() < until:
            time.sleep(0.01)
        assert live_path_server.log().count("status=499") == known + 1 and len(fake_upstream.posts()) == seen + 1


def leave_early(server, stream):
    import http.client

    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("POST", "/v1/responses", json.dumps({"model": "m", "input": "hi", "stream": stream}), {"Content-Type": "application/json"})
    until = time.monotonic() + 5
    while not server.upstream_requests() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    connection.close()


@pytest.mark.parametrize("path,body", [("/v1/responses", {"model": "m", "input": "hi", "temperature": 0.5}),
                                       ("/v1/chat/completions", {"model": "m", "messages": HI, "temperature": 0.5})])
def test_strict_refuses_what_would_have_no_effect(impatient, fake_upstream, path, body):
    answer = raw.call(impatient, "POST", path, body)
    assert answer.status == 400 and fake_upstream.posts() == []
    assert {k: answer.json()["error"][k] for k in ("type", "param", "code")} == {
        "type": "invalid_request_error", "param": "temperature", "code": "unsupported_parameter"}


def test_strict_by_environment(serve, replay_server):
    from harness.cases import CASSETTES

    server = serve("--replay", CASSETTES, environment={"OPENAI_VIA_CODEX_STRICT": "1"})
    assert raw.responses(server, "f01-plain-text", False, temperature=0.5).status == 400
    assert raw.responses(server, "f01-plain-text", False).status == 200
    assert raw.responses(replay_server, "f01-plain-text", False, temperature=0.5).header("x-ocx-ignored") == "temperature"


@pytest.mark.parametrize("method,path,headers,status", [
    ("GET", "/v1/nope", {}, 404), ("PUT", "/v1/responses", {}, 405), ("GET", "/v1/models", {"Host": "evil.example"}, 403),
    ("POST", "/v1/responses", {"Content-Length": str(1 << 40)}, 413), ("GET", "/healthz", {}, 200), ("HEAD", "/healthz", {}, 200),
    ("GET", "/v1/models", {}, 200), ("GET", "/v1/models/none", {}, 404), ("POST", "/v1/responses", {"Content-Encoding": "br"}, 415)])
def test_E25_the_official_headers_are_on_every_reply(live_path_server, method, path, headers, status):
    answer = raw.call(live_path_server, method, path, None, headers)
    assert answer.status == status
    assert answer.header("x-request-id").startswith("req_") and len(answer.header("x-request-id")) == 36
    assert answer.header("openai-version") == "2020-10-01" and answer.header("openai-processing-ms").isdigit()
    if status >= 400:
        assert list(answer.json()["error"]) == ["message", "type", "param", "code"]
