"""Cases of groups E and T of the contract, each with openai-python, its asynchronous client and openai-node."""
import json

import pytest

from harness import backend, raw
from harness.cases import failed
from harness.speakers import Refused
from harness.upstream import Reply

KEY = "ocx-test-key-0123456789"
ENDPOINTS = ("response", "chat")


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


@pytest.fixture(scope="module")
def locked_server(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--api-key", KEY, canaries=[*login.secrets, KEY])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_E01_wrong_key(speak, locked_server, fake_upstream, endpoint):
    """Retries are allowed, and none is made: 401 is final."""
    error = refusal(lambda: getattr(speak(locked_server, key="sk-wrong-key-000000", retries=2), endpoint)("m"))
    assert "AuthenticationError" in error.classes and (error.status, error.code, error.type) == (401, "invalid_api_key", "invalid_request_error")
    assert error.param is None and error.request_id and "sk-wrong-key-000000" not in error.message
    assert fake_upstream.posts() == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_E01_the_right_key(speak, locked_server, fake_upstream, endpoint):
    assert getattr(speak(locked_server, key=KEY), endpoint)("f01-plain-text")["document"]["id"]
    assert len(fake_upstream.posts()) == 1 and KEY.encode() not in fake_upstream.posts()[0].raw


@pytest.mark.parametrize("method,path", [("POST", "/v1/responses"), ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/v1/nope")])
@pytest.mark.parametrize("value", ["", "Basic dTpw", "Bearer"])
def test_E02_missing_key(locked_server, fake_upstream, method, path, value):
    """The SDKs never leave it out, so this is raw."""
    answer = raw.call(locked_server, method, path, {"model": "m", "input": "hi"} if method == "POST" else None, {"Authorization": value})
    assert answer.status == 401 and answer.json()["error"]["type"] == "invalid_request_error" and answer.header("x-request-id")
    assert fake_upstream.posts() == []


@pytest.mark.parametrize("endpoint,members,param,code", [
    ("chat", {"messages": None}, "messages", "missing_required_parameter"), ("chat", {"messages": []}, "messages", None),
    ("chat", {"messages": "x"}, "messages", "invalid_type"), ("chat", {"temperature": "hot"}, "temperature", "invalid_type"),
    ("response", {"temperature": "hot"}, "temperature", "invalid_type"), ("response", {"input": 7}, "input", "invalid_type"),
])
def test_E05_E06_what_is_wrong_is_named(speak, live_path_server, endpoint, members, param, code):
    error = refusal(lambda: getattr(speak(live_path_server, retries=2), endpoint)("m", **members))
    assert "BadRequestError" in error.classes and error.status == 400 and error.param == param and error.type == "invalid_request_error"
    assert code is None or error.code == code
    assert live_path_server.upstream_requests() == []


@pytest.mark.parametrize("call,ident", [("responses.retrieve", "resp_unknown"), ("chat.retrieve", "chatcmpl-unknown")], ids=["E07", "E09"])
def test_E07_E09_unknown_objects(speak, live_path_server, call, ident):
    error = refusal(lambda: speak(live_path_server).call(call, argument=ident))
    assert "NotFoundError" in error.classes and (error.status, error.type) == (404, "invalid_request_error")
    assert ident in error.message and live_path_server.upstream_requests() == []


@pytest.mark.parametrize("stream", [False, True])
def test_E08_unknown_previous_response(speak, live_path_server, stream):
    def ask():
        speaker = speak(live_path_server)
        if not stream:
            speaker.response("m", previous_response_id="resp_nowhere")
        raise speaker.response_events("m", previous_response_id="resp_nowhere").error

    error = refusal(ask)
    assert "BadRequestError" in error.classes
    assert (error.status, error.param, error.code) == (400, "previous_response_id", "previous_response_not_found")
    assert "resp_nowhere" in error.message and live_path_server.upstream_requests() == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("case", failed(before_output=True), ids=repr)
def test_E17_E22_E25_compat99_a_status_before_the_first_event(speak, replay_server, case, endpoint):
    """create, create(stream=True) and the helper all raise the same, with every member of the error."""
    speaker = speak(replay_server)
    refused = [refusal(lambda: getattr(speaker, endpoint)(case.name)), getattr(speaker, endpoint + "_events")(case.name).error]
    for error in refused:
        assert error and error.status in case.status and error.request_id and error.message, error
        assert case.code is None or error.code == case.code
        assert (case.node if speak.kind == "node" else case.python) in error.classes


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_E11_a_used_up_plan_is_asked_once(speak, live_path_server, endpoint):
    error = refusal(lambda: getattr(speak(live_path_server, retries=2), endpoint)("f14-usage-limit"))
    assert "RateLimitError" in error.classes and error.status == 429 and len(live_path_server.upstream_requests()) == 1


# Group T
def test_T05_compat28_silence_is_filled_with_comments_python_and_node(speakers, live_path_server, fake_upstream):
    """The backend says nothing for longer than our interval. A client that reads bytes sees comments; none of the SDKs, on either endpoint, sees anything.
    The gate opens only at the comment, so nothing here depends on how long the interval is."""
    import http.client
    import threading

    from harness.upstream import Gate

    gate = Gate()
    opened, rest = backend.message(0, ["a", "b"])[:3], backend.message(0, ["a", "b"])[3:]
    calls = [(kind, endpoint) for kind in speakers.KINDS if kind != "async" for endpoint in ENDPOINTS]
    fake_upstream.script(*(backend.reply(backend.created(), opened, [gate], rest, backend.completed()) for _ in range(len(calls))))
    told = {}

    def listen(kind, endpoint):
        told[kind, endpoint] = getattr(speakers.get(kind, live_path_server.base_url), endpoint + "_events")("m")

    python = [threading.Thread(target=listen, args=call) for call in calls if call[0] == "python"]
    node = threading.Thread(target=lambda: [listen("node", endpoint) for endpoint in ENDPOINTS])
    for thread in (*python, node):
        thread.start()
    connection = http.client.HTTPConnection(live_path_server.host, live_path_server.port, timeout=60)
    fake_upstream.script(backend.reply(backend.created(), opened, [gate], rest, backend.completed()))
    connection.request("POST", "/v1/responses", json.dumps({"model": "m", "input": "hi", "stream": True}), {"Content-Type": "application/json"})
    reply, seen = connection.getresponse(), b""
    while b"\n:" not in seen:
        piece = reply.read1(65536)
        assert piece, "the stream ended without a comment"
        seen += piece
    gate.set()
    seen += reply.read()
    connection.close()
    for thread in (*python, node):
        thread.join(30)
    assert b"response.completed" in seen
    for call, stream in told.items():
        assert stream.error is None, (call, stream.error)
    assert len(told) == len(calls)
    assert {"".join(e["delta"] for e in told[kind, "response"].of_type("response.output_text.delta")) for kind, _ in calls} == {"ab"}


def test_T10_request_ids(speak, live_path_server):
    speaker = speak(live_path_server)
    seen = [speaker.response("f01-plain-text"), speaker.chat("f01-plain-text"), speaker.call("models.retrieve", argument="gpt-5.6-luna")]
    ids = [one["request_id"] for one in seen] + [refusal(lambda: speaker.call("models.retrieve", argument="nope")).request_id]
    assert all(ids) and len(set(ids)) == 4


@pytest.mark.parametrize("method,path", [("GET", "/v1/models"), ("GET", "/v1/models/nope"), ("GET", "/v1/nope"), ("PUT", "/v1/responses"), ("GET", "/healthz"),
                                         ("POST", "/v1/responses"), ("POST", "/v1/chat/completions")])
def test_T11_json_bodies_say_so(live_path_server, method, path):
    answer = raw.call(live_path_server, method, path, "{" if method == "POST" else None)
    assert answer.header("content-type").split(";")[0] == "application/json" and answer.json() is not None


@pytest.mark.parametrize("method,path", [("DELETE", "/v1/responses/resp_x"), ("POST", "/v1/responses/resp_x/cancel"), ("DELETE", "/v1/chat/completions/chatcmpl-x"),
                                         ("GET", "/v1/models"), ("DELETE", "/v1/models/nope")])
def test_T12_an_empty_body_with_a_json_type_is_no_parse_error(live_path_server, method, path):
    """openai-python sends the type with every call that is no GET."""
    answer = raw.call(live_path_server, method, path, b"", {"Content-Type": "application/json"})
    assert answer.status in ((200,) if method == "GET" else (404, 405)) and answer.header("content-type").startswith("application/json")


def test_M02_T14_decoded_path(speak, live_path_server):
    error = refusal(lambda: speak(live_path_server).call("models.retrieve", argument="ft:a/b c"))
    assert "NotFoundError" in error.classes and "ft:a/b c" in error.message and error.code == "model_not_found"


def test_M01_M02_models(speak, replay_server):
    listed = speak(replay_server).call("models.list")["document"]
    assert listed and all(m["object"] == "model" and type(m["created"]) is int for m in listed)
    assert speak(replay_server).call("models.retrieve", argument=listed[0]["id"])["document"] == listed[0]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("call", [raw.responses, raw.chat])
def test_compat23_an_empty_stream_is_a_502(live_path_server, fake_upstream, call, stream):
    fake_upstream.script(*[Reply([], headers=[["content-type", "text/event-stream"]])] * 3)
    answer = call(live_path_server, "m", stream)
    assert answer.status == 502 and answer.json()["error"]["type"] == "server_error" and answer.header("x-should-retry") != "false"


@pytest.mark.parametrize("members", [{}, {"stream": False}, {"stream": None}], ids=["absent", "false", "null"])
@pytest.mark.parametrize("path,asked", [("/v1/responses", {"input": "hi"}), ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}]})])
def test_compat27_no_stream_means_one_document(live_path_server, path, asked, members):
    answer = raw.call(live_path_server, "POST", path, {"model": "f02-reasoning", **asked, **members})
    assert answer.header("content-type").startswith("application/json") and answer.json()["id"]
    assert live_path_server.upstream_requests()[-1].body["stream"] is True
