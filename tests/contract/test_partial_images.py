"""Streams of images with partial ones on the way: a chat model draws with the backend's hosted tool, the image routes where it does not."""
import base64
import http.client
import json
import re

import openai
import pytest

from harness import backend, raw
from harness.commands import until
from harness.upstream import PIXEL, Gate, Reply, images_reply

GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"
PROMPT = "a red cube"
URL = f"data:image/png;base64,{PIXEL}"
PARTIAL, COMPLETED = "image_generation.partial_image", "image_generation.completed"
COUNTS = {"image_gen": {"input_tokens": 31, "output_tokens": 1056, "total_tokens": 1087}}


def drawing(*parts, **options):
    return backend.reply(backend.created(), *parts, **options)


def types(told):
    return [event["type"] for event in told.items]


def sent(server):
    return [call.path for call in server.upstream_requests()]


def begin(server, **members):
    """A connection whose stream has begun, and the reply, to be read line by line."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    connection.request("POST", GENERATIONS, json.dumps({"prompt": PROMPT, "stream": True, "partial_images": 3, **members}),
                       {"Authorization": "Bearer k", "Content-Type": "application/json"})
    return connection, connection.getresponse()


def next_event(reply):
    while not (line := reply.readline()).startswith(b"data: "):
        assert line, "the stream has ended"
    return json.loads(line[6:])


def test_M05_partial_images(speak, live_path_server, fake_upstream):
    """The recording of a real call (F07)."""
    fake_upstream.script(Reply.of_cassette("f07-image"))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=3)
    assert told.error is None and types(told) == [PARTIAL, COMPLETED]
    partial, image = told.items
    assert partial == {"type": PARTIAL, "b64_json": "iVBORw0KGgo=", "background": "auto", "created_at": 1789000000, "output_format": "png",
                       "partial_image_index": 0, "quality": "auto", "size": "auto"}
    assert image["b64_json"] == "iVBORw0KGgo=" and image["output_format"] == "png"
    assert image["usage"] == {"input_tokens": 31, "input_tokens_details": {"image_tokens": 0, "text_tokens": 31}, "output_tokens": 1056, "total_tokens": 1087}


def test_M05_partial_images_what_the_model_is_asked(live_path_server, fake_upstream):
    fake_upstream.script(Reply.of_cassette("f07-image"))
    answer = raw.call(live_path_server, "POST", GENERATIONS, {"prompt": PROMPT, "stream": True, "partial_images": 2, "output_format": "webp",
                                                              "size": "1024x1024", "quality": "low", "background": "opaque", "n": 1})
    assert (answer.status, answer.header("x-ocx-adjusted"), answer.header("x-ocx-ignored")) == (200, None, None)
    (call,) = live_path_server.upstream_requests()
    body = call.body
    assert (call.path, body["model"]) == ("/responses", "gpt-5.5")
    assert body["tools"] == [{"type": "image_generation", "partial_images": 2, "output_format": "webp", "background": "opaque", "quality": "low", "size": "1024x1024"}]
    (message,) = body["input"]
    assert message["role"] == "user" and message["content"] == [{"type": "input_text", "text": PROMPT}]
    assert "image_generation" in body["instructions"] and body["tool_choice"] == "auto"


def test_M05_partial_images_of_an_edit(speak, live_path_server, fake_upstream):
    fake_upstream.script(drawing(backend.partial_image(0, PIXEL, size="1024x1536", quality="high", background="opaque"),
                                 backend.image(PIXEL, size="1024x1536", quality="high", output_format="jpeg"), backend.completed(tool_usage=COUNTS)))
    told = speak(live_path_server).edited_image_events(image=[PIXEL, PIXEL], prompt=PROMPT, partial_images=1)
    assert told.error is None and types(told) == ["image_edit.partial_image", "image_edit.completed"]
    assert all((event["size"], event["quality"]) == ("1024x1536", "high") for event in told.items)
    assert (told.items[0]["background"], told.items[1]["output_format"]) == ("opaque", "jpeg")
    (call,) = live_path_server.upstream_requests()
    parts = call.body["input"][0]["content"]
    assert call.path == "/responses" and [part["type"] for part in parts] == ["input_text", "input_image", "input_image"]
    assert all(part["image_url"] == URL for part in parts[1:])


def test_M05_partial_images_come_at_once(live_path_server, fake_upstream):
    """Each gate opens only when what stands before it has been read."""
    gates = [Gate(), Gate(), Gate()]
    fake_upstream.script(drawing(backend.partial_image(0, "AAAA"), gates[:1], backend.partial_image(1, "AAAB"), gates[1:2], backend.partial_image(2, "AAAC"), gates[2:],
                                 backend.image(PIXEL), backend.message(1, ["Here it is."]), backend.completed()))
    connection, reply = begin(live_path_server)
    for index, gate in enumerate(gates):
        event = next_event(reply)
        assert (event["type"], event["partial_image_index"], event["b64_json"]) == (PARTIAL, index, "AAA" + "ABC"[index])
        gate.set()
    assert next_event(reply)["type"] == COMPLETED
    assert b"data:" not in reply.read()
    connection.close()


def test_M05_partial_images_hostile(speak, live_path_server, fake_upstream):
    """Events that are broken, come twice, out of order or too often, and a model that talks."""
    fake_upstream.script(drawing(
        [b"data: {\n\n", b"data: []\n\n", backend.record("response.image_generation_call.partial_image"), b"event: codex.rate_limits\ndata: {\"type\":\"codex.rate_limits\"}\n\n"],
        backend.message(0, ["I draw."]), backend.partial_image(1, "AAAB", size="9x9", quality=7, background=None, output_format="tiff"), backend.partial_image(1, "AAAC"),
        backend.partial_image(0, "AAAA"), backend.partial_image(2, "AAAD"), backend.partial_image(-1, "AAAE"), backend.partial_image("0", "AAAF"), backend.partial_image(0, ""),
        backend.image(""), backend.image(PIXEL), backend.image("AAAG"), backend.partial_image(0, "AAAH"), backend.completed(tool_usage={"image_gen": {"input_tokens": -1}})))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.error is None
    assert [(event["type"], event.get("partial_image_index"), event["b64_json"]) for event in told.items] == [
        (PARTIAL, 1, "AAAB"), (PARTIAL, 0, "AAAA"), (COMPLETED, None, PIXEL)]


def test_M05_partial_images_of_megabytes(live_path_server, fake_upstream):
    data = [base64.b64encode(bytes([n]) * (3 << 20)).decode() for n in range(4)]
    fake_upstream.script(drawing(*(backend.partial_image(n, data[n]) for n in range(3)), backend.image(data[3]), backend.completed()))
    client = openai.OpenAI(base_url=live_path_server.base_url, api_key="test", max_retries=0, timeout=60)
    with client.images.generate(prompt=PROMPT, stream=True, partial_images=3) as stream:
        assert [event.b64_json for event in stream] == data


@pytest.mark.parametrize("answer", [
    lambda: Reply.of_cassette("f01-plain-text"),
    lambda: Reply.of_cassette("f11-content-filter"),
    lambda: Reply([b'{"error":{"message":"Tool is not supported.","type":"invalid_request_error","param":"tools","code":"unsupported_value"}}'], 400,
                  [["content-type", "application/json"]]),
    lambda: Reply([b'{"detail":"The model is not supported when using Codex with a ChatGPT account."}'], 400, [["content-type", "application/json"]]),
], ids=["words", "nothing", "no such tool", "no such model"])
def test_M05_the_image_route_draws_where_the_model_does_not(speak, live_path_server, fake_upstream, answer):
    fake_upstream.script(answer(), images_reply())
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.error is None and types(told) == [COMPLETED] and told.items[0]["b64_json"] == PIXEL
    assert sent(live_path_server) == ["/responses", "/images/generations"]
    assert live_path_server.upstream_requests()[1].body == {"model": "gpt-image-2", "prompt": PROMPT}


def test_M05_the_image_route_is_named_and_edits_have_theirs(live_path_server, fake_upstream):
    fake_upstream.script(Reply.of_cassette("f01-plain-text"), images_reply())
    answer = raw.call(live_path_server, "POST", EDITS, {"prompt": PROMPT, "stream": True, "partial_images": 1, "images": [{"image_url": URL}]})
    assert answer.header("x-ocx-adjusted") == "partial_images"
    assert re.findall(rb"^event: (.*)$", answer.body, re.M) == [b"image_edit.completed"]
    assert sent(live_path_server) == ["/responses", "/images/edits"]
    assert live_path_server.upstream_requests()[1].body["images"] == [{"image_url": URL}]


def test_M05_the_image_route_may_fail_too(speak, live_path_server, fake_upstream):
    fake_upstream.script(Reply.of_cassette("f01-plain-text"), Reply([b'{"error":{"message":"Rejected.","code":"moderation_blocked"}}'], 400,
                                                                   [["content-type", "application/json"]]))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.items == [] and (told.error.status, told.error.code) == (400, "moderation_blocked")
    assert len(sent(live_path_server)) == 2


@pytest.mark.parametrize("members", [{"n": 2}, {"style": "vivid"}, {"input_fidelity": "high"}], ids=lambda members: next(iter(members)))
def test_M05_what_the_tool_refuses_goes_by_the_image_route(live_path_server, members):
    answer = raw.call(live_path_server, "POST", GENERATIONS, {"prompt": PROMPT, "stream": True, "partial_images": 2, **members})
    assert answer.header("x-ocx-adjusted") == "partial_images" and b"partial_image" not in answer.body
    assert sent(live_path_server) == ["/images/generations"]


def test_M05_a_mask_goes_by_the_image_route(live_path_server):
    answer = raw.call(live_path_server, "POST", EDITS, {"prompt": PROMPT, "stream": True, "partial_images": 1, "images": [{"image_url": URL}], "mask": {"image_url": URL}})
    assert answer.header("x-ocx-adjusted") == "mask, partial_images"
    assert sent(live_path_server) == ["/images/edits"]


def test_M05_a_refusal_before_the_first_image_has_a_status(speak, live_path_server, fake_upstream):
    fake_upstream.script(Reply.of_cassette("f14-usage-limit"))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.items == [] and (told.error.status, told.error.classes[0]) == (429, "RateLimitError")
    fake_upstream.script(drawing([backend.record("error", error={"type": "image_generation_user_error", "code": "moderation_blocked", "message": "Rejected."}),
                                  backend.record("response.failed", response=backend.response("failed", error=None))]))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.items == [] and told.error.code == "moderation_blocked"
    assert sent(live_path_server) == ["/responses"] * 2, "asked nowhere else"


@pytest.mark.parametrize("end", ["failed", "cut", "no image"])
def test_M05_an_error_after_a_partial_image_is_raised(speak, live_path_server, fake_upstream, end):
    parts = {"failed": [backend.record("response.failed", response=backend.response("failed", error={"code": "server_is_overloaded", "message": "Busy."}))],
             "cut": [], "no image": backend.completed()}[end]
    fake_upstream.script(drawing(backend.partial_image(0, PIXEL), parts, **({"end": "reset"} if end == "cut" else {})))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert types(told) == [PARTIAL] and told.error is not None and told.error.classes[0] == "APIError"
    assert told.error.code == {"failed": "server_is_overloaded", "no image": "no_image"}.get(end, told.error.code)
    assert sent(live_path_server) == ["/responses"], "nothing is drawn twice"


def test_M05_an_image_that_is_there_outlives_its_connection(speak, live_path_server, fake_upstream):
    fake_upstream.script(drawing(backend.partial_image(0, PIXEL), backend.image(PIXEL), end="reset"))
    told = speak(live_path_server).image_events(prompt=PROMPT, partial_images=2)
    assert told.error is None and types(told) == [PARTIAL, COMPLETED]


@pytest.mark.parametrize("by_route", [False, True])
def test_M05_a_client_that_leaves_ends_the_drawing(live_path_server, fake_upstream, by_route):
    if by_route:
        fake_upstream.script(Reply.of_cassette("f01-plain-text"), images_reply(1, Gate()))
        connection = http.client.HTTPConnection(live_path_server.host, live_path_server.port, timeout=30)
        connection.request("POST", GENERATIONS, json.dumps({"prompt": PROMPT, "stream": True, "partial_images": 1}),
                           {"Authorization": "Bearer k", "Content-Type": "application/json"})
        until(lambda: len(fake_upstream.posts()) == 2)
    else:
        fake_upstream.script(drawing(backend.partial_image(0, PIXEL), [Gate()]))
        connection, reply = begin(live_path_server)
        assert next_event(reply)["type"] == PARTIAL
        reply.close()
    connection.close()
    assert fake_upstream.posts()[-1].connection_closed.wait(10)


def test_M05_the_record_of_a_drawing(live_path_server, live_process, fake_upstream):
    fake_upstream.script(Reply.of_cassette("f07-image"))
    answer = raw.call(live_path_server, "POST", GENERATIONS, {"prompt": PROMPT, "model": "gpt-image-1.5", "stream": True, "partial_images": 1})
    request_id = answer.header("x-request-id")
    until(lambda: request_id in live_process.log())
    (line,) = [line for line in live_process.log().splitlines() if request_id in line and GENERATIONS in line]
    assert 'model="gpt-image-1.5"' in line and " 200 " in line and "in=60" in line
