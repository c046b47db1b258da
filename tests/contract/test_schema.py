"""The schema bites, and knows what openai-python's types know. (That every reply keeps to it is checked behind every other test.)"""
import json
import typing

import openai
import pydantic
import pytest
from openai.types import audio, chat, responses
from openai.types.chat import chat_completion_chunk

from harness import schema, tap
from harness.laws import KNOWN

pytestmark = pytest.mark.program_free


def changed(document, path, value=None, remove=False):
    """A copy with the member at path set or taken out."""
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if remove:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


USAGE = {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 2,
         "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 5}
PART = {"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [PART]}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}", "status": "completed"}
RESPONSE = {"id": "resp_1", "object": "response", "created_at": 7, "status": "completed", "error": None, "incomplete_details": None, "instructions": None,
            "metadata": {}, "model": "m", "output": [MESSAGE, CALL], "parallel_tool_calls": True, "temperature": 1.5, "tool_choice": "auto",
            "tools": [{"type": "function", "name": "f", "parameters": {}, "strict": None}], "top_p": 1, "usage": USAGE, "store": True}
DELTA = {"type": "response.output_text.delta", "sequence_number": 4, "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "H", "logprobs": []}
ID = "chatcmpl-" + "a1" * 14
COMPLETION = {"id": ID, "object": "chat.completion", "created": 7, "model": "m", "choices": [
    {"index": 0, "finish_reason": "stop", "logprobs": None, "message": {"role": "assistant", "content": "Hi", "refusal": None, "annotations": []}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}
CHUNK = {"id": ID, "object": "chat.completion.chunk", "created": 7, "model": "m", "choices": [
    {"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}]},
     "logprobs": None, "finish_reason": None}]}
ERROR = {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": None}}
MODEL = {"id": "m", "object": "model", "created": 0, "owned_by": "openai"}
IMAGE_USAGE = {"input_tokens": 3, "input_tokens_details": {"image_tokens": 0, "text_tokens": 3}, "output_tokens": 2, "total_tokens": 5}
IMAGES = {"created": 7, "data": [{"b64_json": "eA=="}], "output_format": "png", "quality": "low", "size": "1024x1024", "usage": IMAGE_USAGE}
IMAGE_EVENT = {"type": "image_edit.completed", "b64_json": "eA==", "background": "auto", "created_at": 7, "output_format": "png", "quality": "auto",
               "size": "auto", "usage": IMAGE_USAGE}
TEXT_COMPLETION = {"id": "cmpl-" + "a1" * 14, "object": "text_completion", "created": 7, "model": "m",
                   "choices": [{"text": "Hi", "index": 0, "logprobs": None, "finish_reason": "stop"}]}
TEXT_CHUNK = {**TEXT_COMPLETION, "choices": [{"text": "Hi", "index": 0, "logprobs": None, "finish_reason": None}], "usage": None}
COMPACTION = {"id": "resp_1", "object": "response.compaction", "created_at": 7, "output": [{"type": "compaction", "id": "cmp_1", "encrypted_content": "x"}], "usage": USAGE}
SOUND = {"response": RESPONSE, "chat_completion": COMPLETION, "chat_chunk": CHUNK, "error_document": ERROR, "model": MODEL,
         "model_list": {"object": "list", "data": [MODEL]}, "event_response.output_text.delta": DELTA,
         "event_response.completed": {"type": "response.completed", "sequence_number": 9, "response": RESPONSE},
         "images_response": IMAGES, "image_usage": IMAGE_USAGE, "image_completed": IMAGE_EVENT, "transcription": {"text": ""},
         "compaction": COMPACTION, "text_completion": TEXT_COMPLETION, "text_chunk": TEXT_CHUNK}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_document_has_no_violation(name):
    assert schema.text_violations(name, json.dumps(SOUND[name])) == []


@pytest.mark.parametrize("name", [n for n in SOUND if n != "error_document"])
def test_every_missing_member_and_every_unknown_one_is_found(name):
    required = schema.definitions()[name]["required"]
    assert required
    for member in required:
        assert schema.violations(name, changed(SOUND[name], [member], remove=True)), member
    assert schema.violations(name, {**SOUND[name], "surprise": 1})


BROKEN = [
    ("response", ["created_at"], 7.5), ("response", ["created_at"], "7"), ("response", ["status"], "done"), ("response", ["object"], "Response"),
    ("response", ["output"], None), ("response", ["output", 0, "id"], ""), ("response", ["output", 0, "type"], "massage"),
    ("response", ["output", 0, "role"], "user"), ("response", ["output", 0, "content", 0, "annotations"], None),
    ("response", ["output", 0, "content", 0, "type"], "text"), ("response", ["output", 1, "arguments"], {}), ("response", ["output", 1, "extra"], 1),
    ("response", ["usage", "input_tokens_details", "cached_tokens"], None), ("response", ["usage", "total_tokens"], -1), ("response", ["usage", "cost"], 1),
    ("response", ["error"], {"code": "made_up", "message": "x"}), ("response", ["incomplete_details"], {"reason": "tired"}),
    ("response", ["metadata"], {"k": 1}), ("response", ["tools", 0, "strict"], "no"), ("response", ["tool_choice"], "any"),
    ("response", ["service_tier"], "gold"), ("response", ["truncation"], "some"),
    ("event_response.output_text.delta", ["logprobs"], None), ("event_response.output_text.delta", ["sequence_number"], -1),
    ("event_response.output_text.delta", ["delta"], None), ("event_response.output_text.delta", ["item_id"], ""),
    ("chat_completion", ["id"], "chatcmpl_" + "a" * 28), ("chat_completion", ["created"], "now"), ("chat_completion", ["choices"], []),
    ("chat_completion", ["choices", 0, "finish_reason"], None), ("chat_completion", ["choices", 0, "finish_reason"], "end"),
    ("chat_completion", ["choices", 0, "message", "tool_calls"], []), ("chat_completion", ["choices", 0, "message", "phase"], "x"),
    ("chat_completion", ["service_tier"], "ultrafast"), ("chat_completion", ["usage", "total_tokens"], "3"),
    ("chat_chunk", ["object"], "chat.completion"), ("chat_chunk", ["choices", 0, "delta", "role"], ""),
    ("chat_chunk", ["choices", 0, "delta", "tool_calls", 0, "index"], None), ("chat_chunk", ["choices", 0, "delta", "tool_calls", 0, "function", "id"], "x"),
    ("error_document", ["error", "code"], 429), ("error_document", ["error", "message"], ""), ("error_document", ["error"], "No."),
    ("compaction", ["output", 0, "id"], ""), ("compaction", ["usage"], None),
    ("text_completion", ["choices", 0, "finish_reason"], None), ("text_completion", ["choices"], []), ("text_chunk", ["object"], "chat.completion.chunk"),
    ("images_response", ["data", 0, "b64_json"], ""), ("images_response", ["quality"], "auto"), ("images_response", ["size"], "2160x3040"),
    ("images_response", ["data"], []), ("image_completed", ["usage"], None), ("image_completed", ["background"], "red"),
    ("model", ["created"], None), ("model_list", ["data", 0, "object"], "Model"),
]


@pytest.mark.parametrize("name,path,value", BROKEN, ids=lambda v: json.dumps(v) if not isinstance(v, str) else v)
def test_a_broken_document_is_found(name, path, value):
    assert schema.violations(name, changed(SOUND[name], path, value))


@pytest.mark.parametrize("member", ["message", "type", "param", "code"])
def test_every_member_of_an_error_is_needed(member):
    assert schema.violations("error_document", changed(ERROR, ["error", member], remove=True))


@pytest.mark.parametrize("text", [b'{"id":"m","object":"model","created":1.0,"owned_by":"x"}', b'{"id":"m","id":"m","object":"model","created":1,"owned_by":"x"}',
                                  b'{"id":"m","object":"model","created":NaN,"owned_by":"x"}', b"{", b'"\xff"', b"[]"])
def test_what_the_json_module_would_let_pass(text):
    assert schema.text_violations("model", text)


def test_unknown_events_and_records():
    assert schema.event_violations(json.dumps({**DELTA, "type": "codex.rate_limits"}))
    assert schema.event_violations("[]") and schema.event_violations('{"type":7}') and schema.event_violations("not json")
    assert schema.chunk_violations('{"error":{"message":"x"}}') and schema.chunk_violations("null")
    assert schema.event_violations(json.dumps(DELTA)) == [] and schema.chunk_violations(json.dumps(ERROR)) == []


def test_all_58_events_are_defined():
    assert schema.event_types() == KNOWN and len(KNOWN) == 58


def test_every_definition_compiles():
    for name in schema.definitions():
        assert schema.violations(name, 7), f"{name} takes a number"


@pytest.fixture
def quiet_tap():
    """The tap's counts and findings as they were before, so that a test can break something on purpose."""
    before = vars(tap.counts).copy()
    yield
    tap.take()
    vars(tap.counts).update(before)


@pytest.mark.parametrize("method,target,status,kind,body,count", [
    ("POST", "/v1/responses", 200, "application/json", json.dumps(RESPONSE), 0),
    ("POST", "/v1/responses?beta=true", 200, "application/json; charset=utf-8", json.dumps(COMPLETION), 1),
    ("POST", "/v1/chat/completions", 200, "application/json", "{}", 1),
    ("POST", "/v1/chat/completions", 400, "application/json", '{"detail":"x"}', 1),
    ("GET", "/v1/models", 200, "application/json", json.dumps(MODEL), 1),
    ("GET", "/v1/models/a%20b", 200, "application/json", json.dumps(MODEL), 0),
    ("POST", "/v1/images/edits", 200, "application/json", json.dumps(IMAGES), 0),
    ("POST", "/v1/images/generations", 200, "text/event-stream", f"data: {json.dumps(IMAGE_EVENT)}\n\ndata: {json.dumps(IMAGES)}\n\n", 1),
    ("GET", "/v1/something/new", 200, "application/json", "{}", 1),
    ("GET", "/healthz", 200, "application/json", '{"status":"ok"}', 0),
    ("POST", "/v1/responses", 200, "text/event-stream; charset=utf-8", f"event: x\ndata: {json.dumps(DELTA)}\n\n: pause\n\ndata: {{}}\n\n", 1),
    ("POST", "/v1/chat/completions", 200, "text/event-stream", f"data: {json.dumps(CHUNK)}\n\ndata: {json.dumps(RESPONSE)}\n\ndata: [DONE]\n\n", 1),
    ("POST", "/v1/models", 200, "text/event-stream", "data: {}\n\n", 1),
])
def test_the_tap_picks_the_definition(quiet_tap, method, target, status, kind, body, count):
    tap.saw(method, target, status, kind, body.encode())
    assert len(tap.take()) == count


def test_the_tap_sees_what_a_client_left_unread(quiet_tap):
    tap.saw("POST", "/v1/responses", 200, "text/event-stream", b'data: {"type":"nonsense"}\n\ndata: {"type":"respon', whole=False)
    assert len(tap.take()) == 1
    tap.saw("POST", "/v1/responses", 200, "application/json", b'{"id":', whole=False)
    assert tap.take() == []


# What openai-python's own types do not have or do not require, and why we do.
STRICTER = {"metadata", "status", "temperature", "top_p", "incomplete_details", "instructions", "error",  # null, but present (contract 3.1)
            "refusal", "content",                  # the same for a chat message (3.5)
            "code", "param",                       # of the error event, null or not
            "name",                                # of function_call_arguments.done, by the document
            "annotation", "call_id"}               # by the document
NEWER = {"response.compaction.compacting"}  # not among the 58 of the document; no backend has been seen to send it


def models_of(kind):
    """The pydantic classes of a union, however deep."""
    parts = typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        return [kind]
    return [found for part in parts for found in models_of(part)]


def sdk_types():
    named = {"response": responses.Response, "response_usage": responses.ResponseUsage, "chat_completion": chat.ChatCompletion,
             "chat_chunk": chat.ChatCompletionChunk, "chat_message": chat.ChatCompletionMessage, "chat_delta": chat_completion_chunk.ChoiceDelta,
             "chat_tool_delta": chat_completion_chunk.ChoiceDeltaToolCall, "model": openai.types.Model, "part_output_text": responses.ResponseOutputText,
             "compaction": responses.CompactedResponse, "text_completion": openai.types.Completion, "transcription": audio.Transcription, "images_response": openai.types.ImagesResponse, "image_completed": openai.types.ImageGenCompletedEvent}
    for prefix, union in (("event_", responses.ResponseStreamEvent), ("item_", responses.ResponseOutputItem)):
        for model in models_of(union):
            named.update({prefix + kind: model for kind in typing.get_args(model.model_fields["type"].annotation)})
    return {name: model for name, model in named.items() if name.removeprefix("event_") not in NEWER}


SDK = sdk_types()


@pytest.mark.parametrize("name", SDK)
def test_the_schema_knows_what_the_sdk_knows(name):
    definition, fields = schema.definitions()[name], SDK[name].model_fields.items()
    members, required = set(definition["properties"]), set(definition["required"])
    extra = {member for wanted, more in schema.extensions().items() for member in more}
    assert {field.alias or key for key, field in fields} <= members
    assert members - {field.alias or key for key, field in fields} - extra <= STRICTER
    needed = {field.alias or key for key, field in fields if field.is_required()}
    assert needed <= required and required - needed <= STRICTER
