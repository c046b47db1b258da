"""POST /v1/images/generations and /v1/images/edits on the way of a real call, with both SDKs: what goes to the backend's image routes and what comes back."""
import base64
import http.client
import json
import threading

import openai
import pytest

from harness import node, raw
from harness.commands import until
from harness.upstream import PIXEL, Gate, Reply, images_reply

GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"
PNG = base64.b64decode(PIXEL)
URL = f"data:image/png;base64,{PIXEL}"
PROMPT = "a cat"


@pytest.fixture(scope="module")
def client(live_process):
    return openai.OpenAI(base_url=live_process.base_url, api_key="test", max_retries=0, timeout=30, _strict_response_validation=True)


@pytest.fixture
def node_results(live_path_server, fake_upstream):
    """What each call of images.mjs gave, and what it became upstream; the refused one became nothing."""
    fake_upstream.answer_with(lambda call: Reply.of_cassette("f07-image") if call.path == "/responses" else None)
    seen = node.run("images.mjs", live_path_server.base_url)
    sent = [(r.path, r.body) for r in live_path_server.upstream_requests()]
    return seen, dict(zip([name for name in seen if name != "url"], sent, strict=True))


def sent(server):
    """Path and body of the one call that went upstream."""
    (call,) = server.upstream_requests()
    return call.path, call.body


def form(parts, boundary="b0undary"):
    """(name, filename or None, bytes) as a body, with its Content-Type."""
    body = b""
    for name, filename, data in parts:
        named = f'; filename="{filename}"' if filename is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def refused(server, answer, param=None, code=None, status=400):
    error = answer.json()["error"]
    assert (answer.status, error["param"], error["code"]) == (status, param, code), error
    assert server.upstream_requests() == [], "nothing goes upstream"


# generations


def test_M04_compat77_generate(client, live_path_server):
    images = client.images.generate(prompt=PROMPT, model="gpt-image-2", n=2, size="1536x1024", quality="high", background="opaque", response_format="b64_json")
    assert [image.b64_json for image in images.data] == [PIXEL, PIXEL]
    assert (images.created, images.quality, images.size, images.background, images.output_format) == (1789000000, "medium", "1024x1536", "opaque", "png")
    assert images.usage is None, "the backend does not count"
    assert sent(live_path_server) == ("/images/generations", {"model": "gpt-image-2", "prompt": PROMPT, "size": "1536x1024", "quality": "high",
                                                              "background": "opaque", "n": 2})


def test_M04_usage_is_passed_on(client, live_path_server, fake_upstream):
    fake_upstream.script(images_reply(usage={"input_tokens": 7, "output_tokens": 9, "total_tokens": 16, "input_tokens_details": {"text_tokens": 5, "image_tokens": 2}}))
    usage = client.images.generate(prompt=PROMPT).usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 9, 16)
    assert (usage.input_tokens_details.text_tokens, usage.input_tokens_details.image_tokens) == (5, 2)


@pytest.mark.parametrize("odd", [{"size": "2160x3040"}, {"quality": "auto"}, {"quality": "ultra"}, {"background": "auto"}, {"created": None}])
def test_M04_values_outside_the_enums_are_left_out(client, live_path_server, fake_upstream, odd):
    fake_upstream.script(images_reply(**odd))
    images = client.images.generate(prompt=PROMPT)
    assert images.data[0].b64_json == PIXEL and images.created > 0
    assert all(getattr(images, name) is None for name in odd if name != "created")


def test_M04_what_has_no_effect_is_said(live_path_server, live_process):
    body = {"prompt": PROMPT, "model": "gpt-image-1.5", "style": "vivid", "output_format": "webp", "user": "u"}
    answer = raw.call(live_path_server, "POST", GENERATIONS, body)
    assert (answer.status, answer.header("x-ocx-adjusted"), answer.header("x-ocx-ignored")) == (200, "model", "output_format, style")
    assert sent(live_path_server)[1] == {"model": "gpt-image-2", "prompt": PROMPT}
    request_id = answer.header("x-request-id")
    until(lambda: request_id in live_process.log())  # the line is written when the reply has been
    (line,) = [line for line in live_process.log().splitlines() if request_id in line and GENERATIONS in line]
    assert 'model="gpt-image-1.5"' in line and " 200 " in line


def test_M04_compat77_node(node_results):
    seen, sent = node_results
    images = node.value(seen["generate"])
    assert [image["b64_json"] for image in images["data"]] == [PIXEL, PIXEL] and images["output_format"] == "png"
    assert sent["generate"] == ("/images/generations", {"model": "gpt-image-2", "prompt": PROMPT, "n": 2, "size": "1536x1024", "quality": "high"})


# streams


def test_M05_generate_stream(client, live_path_server):
    with client.images.generate(prompt=PROMPT, stream=True, n=2) as stream:
        events = list(stream)
    assert [event.type for event in events] == ["image_generation.completed"] * 2
    assert events[0].b64_json == PIXEL and events[0].usage.total_tokens == 0 and events[0].size == "1024x1536"
    assert sent(live_path_server)[1] == {"model": "gpt-image-2", "prompt": PROMPT, "n": 2}


def test_M05_edit_stream(client, live_path_server):
    with client.images.edit(image=PNG, prompt=PROMPT, stream=True) as stream:
        assert [event.type for event in stream] == ["image_edit.completed"]
    assert sent(live_path_server)[0] == "/images/edits"


def test_M05_node(node_results):
    seen, sent = node_results
    assert [event["type"] for event in node.value(seen["generateStream"])] == ["image_generation.completed"]
    assert [event["type"] for event in node.value(seen["editStream"])] == ["image_edit.completed"]
    assert [event["type"] for event in node.value(seen["generatePartial"])] == ["image_generation.partial_image", "image_generation.completed"]
    assert [event["type"] for event in node.value(seen["editPartial"])] == ["image_edit.partial_image", "image_edit.completed"]
    assert sent["generateStream"][0] == "/images/generations" and sent["generatePartial"][0] == sent["editPartial"][0] == "/responses"


def test_M05_an_error_before_the_first_byte_has_a_status(client, live_path_server, fake_upstream):
    fake_upstream.script(Reply([b'{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached"}}'], 429,
                               [["content-type", "application/json"]]))
    with pytest.raises(openai.RateLimitError):
        client.images.generate(prompt=PROMPT, stream=True)


def test_M05_silence_is_filled_and_a_late_failure_is_a_record(live_path_server, fake_upstream):
    """The gate opens at the first comment, so nothing here depends on how long the interval is."""
    gates = [Gate(), Gate()]
    fake_upstream.script(images_reply(1, gates[0]), Reply([gates[1], b"<html>oops"], headers=[["content-type", "text/html"]]))
    ends = []
    for gate in gates:
        connection = http.client.HTTPConnection(live_path_server.host, live_path_server.port, timeout=60)
        connection.request("POST", GENERATIONS, json.dumps({"prompt": PROMPT, "stream": True}), {"Authorization": "Bearer k", "Content-Type": "application/json"})
        reply = connection.getresponse()
        assert reply.status == 200 and reply.getheader("content-type").startswith("text/event-stream")
        assert reply.readline() == b": keep-alive\n"
        gate.set()
        ends.append(reply.read().split(b"data: ", 1)[1])
        connection.close()
    assert json.loads(ends[0])["type"] == "image_generation.completed"
    assert json.loads(ends[1])["error"]["code"] == "upstream_error"


def test_M05_a_shutdown_ends_the_stream_with_an_error(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--drain-timeout", "0.1", canaries=login.secrets)
    fake_upstream.script(images_reply(1, Gate()))
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    connection.request("POST", GENERATIONS, json.dumps({"prompt": PROMPT, "stream": True}), {"Authorization": "Bearer k", "Content-Type": "application/json"})
    reply = connection.getresponse()
    assert reply.readline() == b": keep-alive\n"
    server.process.terminate()
    assert json.loads(reply.read().split(b"data: ", 1)[1])["error"]["code"] == "server_shutting_down"
    assert fake_upstream.posts()[0].connection_closed.wait(10)


# edits


def test_M06_edit_one(client, live_path_server):
    images = client.images.edit(image=("cat.png", PNG, "image/png"), prompt=PROMPT, size="1024x1024", n=2)
    assert len(images.data) == 2
    assert sent(live_path_server) == ("/images/edits", {"model": "gpt-image-2", "prompt": PROMPT, "size": "1024x1024", "n": 2, "images": [{"image_url": URL}]})


def test_M06_edit_many_with_a_mask(client, live_path_server):
    answer = client.images.with_raw_response.edit(image=[("a.png", PNG), ("b.png", PNG)], mask=("m.png", PNG), prompt=PROMPT)
    assert answer.headers["x-ocx-adjusted"] == "mask"
    path, body = sent(live_path_server)
    assert path == "/images/edits" and body["images"] == [{"image_url": URL}] * 3
    assert body["prompt"].startswith(PROMPT) and "mask" in body["prompt"]


def test_M06_compat77_node(node_results):
    seen, sent = node_results
    assert node.value(seen["edit"])["data"][0]["b64_json"] == PIXEL and len(node.value(seen["editMany"])["data"]) == 1
    assert sent["edit"] == ("/images/edits", {"model": "gpt-image-2", "prompt": PROMPT, "images": [{"image_url": URL}]})
    assert sent["editMany"][1]["images"] == [{"image_url": URL}] * 3 and "mask" in sent["editMany"][1]["prompt"]


def test_M06_edit_as_json(live_path_server):
    body = {"prompt": PROMPT, "images": [{"image_url": URL}, {"image_url": URL}], "mask": {"image_url": URL}, "quality": "low"}
    assert raw.call(live_path_server, "POST", EDITS, body).status == 200
    path, body = sent(live_path_server)
    assert path == "/images/edits" and body["images"] == [{"image_url": URL}] * 3 and body["quality"] == "low"


@pytest.mark.parametrize("images,param,code", [
    (None, "images", "missing_required_parameter"), ([], "images", "empty_array"), ("x", "images", "invalid_type"), (["x"], "images[0]", "invalid_type"),
    ([{"image_url": "https://example.org/a.png"}], "images[0].image_url", "unsupported_value"),
    ([{"image_url": "data:image/gif;base64,eA=="}], "images[0].image_url", "unsupported_image_media_type"),
    ([{"image_url": "data:image/png;base64,!"}], "images[0].image_url", "unsupported_image_media_type"),
    ([{"file_id": "file-1"}], "images[0].file_id", "unsupported_parameter"),
    ([{"image_url": URL}] * 6, "images", "array_above_max_length"),
])
def test_M06_json_that_is_wrong(live_path_server, images, param, code):
    refused(live_path_server, raw.call(live_path_server, "POST", EDITS, {"prompt": PROMPT, "images": images}), param, code)


@pytest.mark.parametrize("body,kind", [
    (b"", "multipart/form-data; boundary=b"), (b"--b\r\n", "multipart/form-data; boundary=b"), (b"--other--\r\n", "multipart/form-data; boundary=b"),
    (b"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"x\"\r\n\r\n" + PNG, "multipart/form-data; boundary=b"),
    (b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"), (b"--b\r\n" * 1000, "multipart/form-data; boundary=b"),
    (b"\r\n-" * 100_000, "multipart/form-data; boundary=-"),
], ids=["empty", "cut", "other", "no end", "no name", "only boundaries", "nearly boundaries"])
def test_M06_hostile_forms(live_path_server, body, kind):
    refused(live_path_server, raw.call(live_path_server, "POST", EDITS, body, {"Content-Type": kind}))


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 71,
                                  "multipart/form-data; boundary=\"a\\nb\"", "text/plain", "multipart/mixed; boundary=b"])
def test_M06_a_body_of_no_known_kind(live_path_server, kind):
    refused(live_path_server, raw.call(live_path_server, "POST", EDITS, b"--b--\r\n", {"Content-Type": kind}), code="invalid_content_type")


def test_M06_a_boundary_of_seventy_characters_and_binary_that_looks_like_it(live_path_server):
    boundary = "b" * 70
    hidden = PNG + b"\r\n--" + b"b" * 69 + b"\r\n--\r\n\r\n"
    body, headers = form([("prompt", None, PROMPT.encode()), ("image", "a.png", hidden)], boundary)
    assert raw.call(live_path_server, "POST", EDITS, body, headers).status == 200
    assert base64.b64decode(sent(live_path_server)[1]["images"][0]["image_url"].partition(",")[2]) == hidden


@pytest.mark.parametrize("parts,param,code", [
    ([("prompt", None, b"p")], "image", "missing_required_parameter"), ([("image", "a", PNG)], "prompt", "missing_required_parameter"),
    ([("prompt", None, b"p"), ("image", "a.txt", b"text")], "image", "unsupported_image_media_type"),
    ([("prompt", None, b"p"), ("image", "a", PNG), ("n", None, b"many")], "n", "invalid_type"),
    ([("prompt", None, b"p"), ("image", "a", PNG), ("markup", "m", PNG)], "markup", "unsupported_parameter"),
    ([("prompt", None, b"p"), *[("image[]", "a", PNG)] * 6], "image", "array_above_max_length"),
])
def test_M06_forms_that_are_wrong(live_path_server, parts, param, code):
    refused(live_path_server, raw.call(live_path_server, "POST", EDITS, *form(parts)), param, code)


def test_M06_compat79_an_image_over_the_limit_of_bodies(live_path_server):
    """The server answers while the client still holds the other 100 MB."""
    connection = http.client.HTTPConnection(live_path_server.host, live_path_server.port, timeout=30)
    connection.putrequest("POST", EDITS)
    for name, value in (("Authorization", "Bearer k"), ("Content-Type", "multipart/form-data; boundary=b"), ("Content-Length", str(100 << 20))):
        connection.putheader(name, value)
    connection.endheaders()
    reply = connection.getresponse()
    error = json.loads(reply.read())["error"]
    assert reply.status == 413 and "67108864 bytes" in error["message"]
    connection.close()
    assert live_path_server.upstream_requests() == []


def test_M06_an_image_of_twenty_megabytes(live_path_server):
    image = PNG + bytes(20 << 20)
    assert raw.call(live_path_server, "POST", EDITS, *form([("prompt", None, b"p"), ("image", "a.png", image)])).status == 200
    assert len(sent(live_path_server)[1]["images"][0]["image_url"]) == len("data:image/png;base64,") + (len(image) + 2) // 3 * 4


# refusals and failures


def test_M07_response_format(client, live_path_server):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(prompt=PROMPT, response_format="url")
    assert (caught.value.param, caught.value.code) == ("response_format", "unsupported_value")
    assert live_path_server.upstream_requests() == []
    assert client.images.generate(prompt=PROMPT, response_format="b64_json").data[0].b64_json == PIXEL


def test_M07_node(node_results):
    seen, _ = node_results
    assert (seen["url"]["error"]["status"], seen["url"]["error"]["param"]) == (400, "response_format")
    assert node.value(seen["base64"])["data"][0]["b64_json"] == PIXEL


@pytest.mark.parametrize("status,body,wanted,code", [
    (400, {"error": {"message": "Your request was rejected by the safety system.", "type": "image_generation_user_error", "code": "moderation_blocked"}}, 400,
     "moderation_blocked"),
    (401, {"detail": "Unauthorized"}, 503, "upstream_auth_error"), (500, {"detail": "oops"}, 500, None), (200, {"data": []}, 502, "upstream_error"),
    (200, {"created": 1}, 502, "upstream_error"),
])
def test_M04_failures_of_the_backend(live_path_server, fake_upstream, status, body, wanted, code):
    fake_upstream.answer_with(lambda _: Reply([json.dumps(body).encode()], status, [["content-type", "application/json"]]))
    answer = raw.call(live_path_server, "POST", GENERATIONS, {"prompt": PROMPT})
    assert answer.status == wanted and answer.json()["error"]["code"] == code, answer.body


def test_M04_compat77_a_client_that_leaves_ends_the_call(live_path_server, fake_upstream):
    for stream in (False, True):
        fake_upstream.script(images_reply(1, Gate()))
        before = len(fake_upstream.posts())
        connection = http.client.HTTPConnection(live_path_server.host, live_path_server.port, timeout=10)
        connection.request("POST", GENERATIONS, json.dumps({"prompt": PROMPT, "stream": stream}), {"Authorization": "Bearer k", "Content-Type": "application/json"})
        wait = threading.Event()
        for _ in range(2000):
            if len(fake_upstream.posts()) > before:
                break
            wait.wait(0.005)
        connection.close()
        assert fake_upstream.posts()[before].connection_closed.wait(10)
