"""Reported cases about the shape of a Responses stream (compatibility 2.2) that the catalogue does not name already."""
import json

import pytest

from harness import backend, raw
from harness.cases import answered, failed
from harness.laws import chat_chunks, records, response_events
from harness.upstream import Reply


def test_compat19_model_and_usage_are_there_for_strict_readers(speak, replay_server):
    told = speak(replay_server).response_events("f01-plain-text")
    assert told.items[0]["response"]["model"] == "gpt-5.6-luna"
    usage = told.items[-1]["response"]["usage"]
    assert all(type(usage[name]) is int for name in ("input_tokens", "output_tokens", "total_tokens"))


@pytest.mark.parametrize("model", [c.name for c in answered() if c.recipe in ("F18", "F24", "F25", "F16", "F17")] + [c.name for c in failed(before_output=False)])
def test_compat20_numbers_stay_dense_when_events_are_made_up_or_dropped(replay_server, model):
    events = [json.loads(data) for _, data in records(raw.responses(replay_server, model, True).body)]
    assert [e["sequence_number"] for e in events] == list(range(len(events)))


def test_compat21_members_of_a_failure_are_text(speak, replay_server):
    """A stream of ours always has a response object, so it ends with response.failed and not with the flat error event."""
    told = speak(replay_server).response_events("f13d-error-after-text")
    error = told.items[-1]["response"]["error"]
    assert told.items[-1]["type"] == "response.failed" and type(error["code"]) is str and type(error["message"]) is str and error["message"]
    assert not told.of_type("error")


@pytest.mark.parametrize("name", [c.name for c in failed(before_output=False) if c.kind == "cut"])
def test_compat22_a_cut_stream_never_ends_silently(replay_server, name):
    events = response_events(raw.responses(replay_server, name, True).body)
    assert events[-1]["type"] == "response.failed" and events[-1]["response"]["error"]["code"] == "server_error"
    last = [data for _, data in records(raw.chat(replay_server, name, True).body) if data != "[DONE]"][-1]
    assert "error" in json.loads(last) and '"finish_reason":"' not in last


def test_compat25_the_stream_ends_with_the_terminal_event(live_path_server, fake_upstream):
    """Upstream sends no [DONE] and keeps the connection open: neither is waited for."""
    for _ in range(2):
        fake_upstream.script(Reply([c for p in (backend.created(), backend.message(0, ["Hi"]), backend.completed()) for c in p], end="open"))
    assert response_events(raw.responses(live_path_server, "m", True).body)[-1]["type"] == "response.completed"
    assert chat_chunks(raw.chat(live_path_server, "m", True).body)[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("kind", ["response.metadata", "response.safety_buffering.started", "codex.something", "response.output_text.shiny_new"])
def test_compat29_an_event_that_nobody_knows_yet_is_no_end(speak, live_path_server, fake_upstream, kind):
    """It is left out: openai-node's helper throws at any type that it does not know, and strict openai-python does too (S05)."""
    new, text = [backend.record(kind, item_id="msg_made", output_index=0, delta="?")], backend.message(0, ["Hi"])
    for _ in range(2):
        fake_upstream.script(backend.reply(backend.created(), new, text[:3], new, text[3:], backend.completed()))
    told = speak(live_path_server).response_helper("m")
    assert told.error is None and told.final["output"][0]["content"][0]["text"] == "Hi" and kind not in {e["type"] for e in told.items}
    chat = speak(live_path_server).chat_events("m")
    assert chat.error is None and "".join(d.get("content") or "" for d in chat.deltas()) == "Hi"
