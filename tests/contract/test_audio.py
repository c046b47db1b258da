"""POST /v1/audio/transcriptions on the way of a real call, with both SDKs: the audio reaches the backend's own route byte for byte."""
import json

import openai
import pytest

from harness import node, raw
from harness.commands import until
from harness.forms import parts_of
from harness.upstream import Reply

PATH, UPSTREAM = "/v1/audio/transcriptions", "/backend-api/transcribe"
AUDIO = b"RIFF\x00\x01\r\n--boundary\r\n\r\n\xff\xfe" + bytes(range(256)) * 40
FILE = ("a b.wav", AUDIO, "audio/wav")


@pytest.fixture(scope="module")
def client(live_process):
    return openai.OpenAI(base_url=live_process.base_url, api_key="test", max_retries=0, timeout=30, _strict_response_validation=True)


@pytest.fixture(autouse=True)
def answers(fake_upstream):
    fake_upstream.answer_with(lambda _: Reply([b'{"text":"Hello \\u00e4, world."}'], headers=[["content-type", "application/json"]]))


@pytest.fixture
def node_results(live_path_server, answers):
    seen = node.run("audio.mjs", live_path_server.base_url)
    return seen, live_path_server.upstream_requests()


def only(server):
    (call,) = server.upstream_requests()
    assert call.path == UPSTREAM
    return parts_of(call)


def test_M09_M12_json(client, live_path_server):
    answer = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE, language="en", prompt="names: Ann")
    assert answer.text == "Hello ä, world."
    assert only(live_path_server) == [("language", None, None, b"en"), ("prompt", None, None, b"names: Ann"), ("file", "a b.wav", "audio/wav", AUDIO)]


def test_M10_text(client, live_path_server):
    answer = client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE, response_format="text")
    assert isinstance(answer, str) and answer == "Hello ä, world."


def test_M09_M10_M12_node(node_results):
    seen, calls = node_results
    assert node.value(seen["json"]) == {"text": "Hello ä, world."} and node.value(seen["text"]) == "Hello ä, world."
    (part,) = [part for part in parts_of(calls[0]) if part[0] == "file"]
    assert part == ("file", "a.wav", "audio/wav", bytes(range(256)))
    assert calls[0].path == UPSTREAM and len(calls) == 2, "refused ones go nowhere"


@pytest.mark.parametrize("form", ["srt", "vtt", "verbose_json", "diarized_json"])
def test_M11_formats_that_the_backend_lacks(client, live_path_server, form):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(model="whisper-1", file=FILE, response_format=form)
    assert (caught.value.param, caught.value.code) == ("response_format", "unsupported_value") and form in str(caught.value)
    assert live_path_server.upstream_requests() == []


def test_M11_stream(client, live_path_server):
    with pytest.raises(openai.BadRequestError) as caught:
        client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE, stream=True)
    assert caught.value.param == "stream" and live_path_server.upstream_requests() == []


def test_M11_node(node_results):
    seen, _ = node_results
    assert [(seen[name]["error"]["status"], seen[name]["error"]["param"]) for name in ("srt", "stream")] == [(400, "response_format"), (400, "stream")]


def test_M12_bracket_fields_and_other_models_are_listed(client, live_path_server):
    answer = client.audio.transcriptions.with_raw_response.create(
        model="whisper-1", file=AUDIO, include=["logprobs"], temperature=0.5, chunking_strategy={"type": "server_vad", "threshold": 0.5})
    assert answer.headers["x-ocx-adjusted"] == "model" and set(answer.headers["x-ocx-ignored"].split(", ")) == {"temperature", "chunking_strategy", "include"}
    assert only(live_path_server) == [("file", "upload", "application/octet-stream", AUDIO)]


def test_M12_one_line_in_the_log(live_process, client, live_path_server):
    answer = client.audio.transcriptions.with_raw_response.create(model="whisper-1", file=FILE)
    # The line is written when the reply has been, which its reader may notice first.
    until(lambda: answer.headers["x-request-id"] in live_process.log())
    (line,) = [line for line in live_process.log().splitlines() if answer.headers["x-request-id"] in line and PATH in line]
    assert 'model="whisper-1"' in line


@pytest.mark.parametrize("body,kind,code", [
    (b"{}", "application/json", "invalid_content_type"), (b"x", "multipart/form-data", "invalid_content_type"), (b"x", "multipart/form-data; boundary=b", None),
    (b"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b--", "multipart/form-data; boundary=b", "missing_required_parameter"),
    (b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\r\n--b--", "multipart/form-data; boundary=b", "invalid_value"),
])
def test_M12_bodies_that_are_wrong(live_path_server, body, kind, code):
    answer = raw.call(live_path_server, "POST", PATH, body, {"Content-Type": kind})
    assert answer.status == 400 and answer.json()["error"]["code"] == code, answer.body
    assert live_path_server.upstream_requests() == []


@pytest.mark.parametrize("status,body,wanted,code", [
    (403, b"<!DOCTYPE html><title>Just a moment...</title>", 403, "upstream_blocked"), (401, b'{"detail":"Unauthorized"}', 503, "upstream_auth_error"),
    (200, b"<html>", 502, "upstream_error"), (200, b"{}", 502, "upstream_error"), (413, b'{"detail":"Too large"}', 413, None),
])
def test_M09_failures_of_the_backend(live_path_server, fake_upstream, client, status, body, wanted, code):
    fake_upstream.answer_with(lambda _: Reply([body], status, [["content-type", "text/html" if body[:1] == b"<" else "application/json"]]))
    with pytest.raises(openai.APIStatusError) as caught:
        client.audio.transcriptions.create(model="gpt-4o-transcribe", file=FILE)
    assert caught.value.status_code == wanted and caught.value.code == code
    if code == "upstream_blocked":
        assert "login is fine" in str(caught.value)
