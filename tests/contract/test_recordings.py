"""Real streams through the whole server: a login file, HTTP or TLS, a backend that shares no code with ours. Text, tool calls and usage must equal
what the recording says, on both endpoints, streaming and not."""
import json
import ssl

import pytest

from harness import raw
from harness.laws import chat_chunks, response_events
from harness.recordings import FOLDER, load
from harness.upstream import Reply, Upstream

RECORDINGS = load()
if not RECORDINGS:
    pytest.skip(f"no recordings in {FOLDER} (OCX_RECORDINGS names another folder)", allow_module_level=True)

ANSWERS = [r for r in RECORDINGS if r.is_answer()]
SSE = ["content-type", "text/event-stream; charset=utf-8"]
FORMS = {"chunked": ("chunked", []), "close": ("close", []), "chunked_with_type": ("chunked", [SSE]), "close_with_type": ("close", [SSE])}


@pytest.fixture(scope="module")
def tls_upstream(authority, login):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "host.pem", authority / "host.key")
    upstream = Upstream(login, context)
    upstream.base_url = upstream.base_url.replace("127.0.0.1", "localhost")
    yield upstream
    upstream.stop()
    assert not upstream.take_problems()


@pytest.fixture(scope="module")
def tls_server(serve, tls_upstream, authority, login):
    return serve("--backend-base-url", tls_upstream.base_url, "--auth-json", login.path, "--ca-file", authority / "ca.pem", canaries=login.secrets)


def response_facts(document):
    texts = ["".join(p["text"] for p in i["content"] if p["type"] == "output_text") for i in document["output"] if i["type"] == "message"]
    calls = [(i["call_id"], i["name"], i.get("arguments", i.get("input"))) for i in document["output"] if i["type"] in ("function_call", "custom_tool_call")]
    u = document["usage"]
    usage = u["input_tokens"], u["input_tokens_details"]["cached_tokens"], u["output_tokens"], u["output_tokens_details"]["reasoning_tokens"]
    return texts, calls, usage


def chat_usage(u):
    return u["prompt_tokens"], u["prompt_tokens_details"]["cached_tokens"], u["completion_tokens"], u["completion_tokens_details"]["reasoning_tokens"]


def check_responses(server, recording):
    wanted = (recording.texts(), recording.calls(), recording.usage())
    assert response_facts(raw.responses(server, "m", False).json()) == wanted
    events = response_events(raw.responses(server, "m", True).body, recording.adds_up())
    assert response_facts(events[-1]["response"]) == wanted
    deltas = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
    assert deltas == ("".join(recording.texts()) if recording.adds_up() else recording.told())


def check_chat(server, recording):
    text = "\n\n".join(t for t in recording.texts() if t)
    completion = raw.chat(server, "m", False).json()
    message = completion["choices"][0]["message"]
    calls = [(c["id"], c[c["type"]]["name"], c[c["type"]].get("arguments", c[c["type"]].get("input"))) for c in message.get("tool_calls", [])]
    assert (calls, chat_usage(completion["usage"])) == (recording.calls(), recording.usage())
    assert message["content"] in (text or None, text)

    chunks = chat_chunks(raw.chat(server, "m", True, True).body, usage=True)
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert "".join(d.get("content") or "" for d in deltas) == (text if recording.adds_up() else recording.told())
    told = {}
    for part in (p for d in deltas for p in d.get("tool_calls", [])):
        call = told.setdefault(part["index"], [part.get("id"), "", ""])
        inner = part.get("function") or part.get("custom") or {}
        call[1] += inner.get("name") or ""
        call[2] += inner.get("arguments") or inner.get("input") or ""
    assert [tuple(told[i]) for i in sorted(told)] == recording.calls()
    assert chat_usage(chunks[-1]["usage"]) == recording.usage()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("recording", ANSWERS, ids=repr)
def test_recording_over_http(live_path_server, fake_upstream, recording, form):
    framing, headers = FORMS[form]
    fake_upstream.script(*(Reply(recording.sse(), headers=headers, framing=framing) for _ in range(4)))
    check_responses(live_path_server, recording)
    check_chat(live_path_server, recording)
    assert len(fake_upstream.posts()) == 4


@pytest.mark.parametrize("form", ["chunked", "close"])
@pytest.mark.parametrize("recording", ANSWERS, ids=repr)
def test_recording_over_tls(tls_server, tls_upstream, recording, form):
    framing, headers = FORMS[form]
    tls_upstream.forget()
    tls_upstream.script(*(Reply(recording.sse(), headers=headers, framing=framing) for _ in range(4)))
    check_responses(tls_server, recording)
    check_chat(tls_server, recording)


@pytest.mark.parametrize("form", FORMS)
def test_recorded_failure(live_path_server, fake_upstream, form):
    """Nothing was sent yet: a status, on both endpoints, streaming and not."""
    framing, headers = FORMS[form]
    recording = next(r for r in RECORDINGS if r.end is not None and r.end["status"] == "failed")
    for call in (raw.responses, raw.chat):
        for stream in (False, True):
            fake_upstream.script(Reply(recording.sse(), headers=headers, framing=framing))
            answer = call(live_path_server, "m", stream)
            error = answer.json()["error"]
            assert (answer.status, error["code"]) == (429, recording.end["error"]["code"])
            assert recording.end["error"]["message"] in error["message"]


def test_a_stream_of_another_api_is_no_answer(live_path_server, fake_upstream):
    """The recorded chat stream has no Responses event in it: a failure, never an empty success."""
    for recording in (r for r in RECORDINGS if r.end is None):
        for stream in (False, True):
            # Twice three: an answer that never was is asked for again, up to two times.
            fake_upstream.script(*(Reply(recording.sse()) for _ in range(6)))
            assert raw.responses(live_path_server, "m", stream).status == 502
            assert raw.chat(live_path_server, "m", stream).status == 502


def test_an_unknown_authority_is_refused(serve, tls_upstream, login):
    server = serve("--backend-base-url", tls_upstream.base_url, "--auth-json", login.path, canaries=login.secrets)
    tls_upstream.forget()
    answer = raw.responses(server, "m", False)
    assert answer.status == 502 and json.loads(answer.body)["error"]["message"]
    assert tls_upstream.posts() == []
