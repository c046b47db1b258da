"""Cases of groups R and S of the contract that need no storage, each with openai-python, its asynchronous client and openai-node."""
import json

import pytest

from harness import backend, golden, raw
from harness.cases import answered, failed
from harness.laws import response_events

EVERY_KEY = set("id object created_at status completed_at error incomplete_details instructions metadata model output parallel_tool_calls temperature "
                "tool_choice tools top_p background conversation max_output_tokens max_tool_calls previous_response_id prompt prompt_cache_key reasoning "
                "safety_identifier service_tier text top_logprobs truncation usage user store".split())


def message_text(document):
    return "".join(part.get("text", "") for item in document["output"] if item["type"] == "message" for part in item["content"])


def test_R01_R02_R03_minimal_create_has_every_key(speak, replay_server):
    """(That the times are written as integers only the raw tests and the schema can see: openai-python makes them floats.)"""
    document = speak(replay_server).response("f01-plain-text")["document"]
    assert EVERY_KEY <= set(document) and message_text(document) == "Hello, world."
    assert document["created_at"] == 1789000000 and document["completed_at"] >= document["created_at"]


def test_R04_usage_is_complete_although_upstream_tells_less(speak, live_path_server, fake_upstream):
    bare = {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14}
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Hi"]), backend.completed(bare)))
    usage = speak(live_path_server).response("m")["document"]["usage"]
    assert usage == {**bare, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}


def test_R12_encrypted_reasoning_only_when_included(speak, replay_server):
    def sealed(**more):
        return [item.get("encrypted_content") for item in speak(replay_server).response("f02-reasoning", **more)["document"]["output"] if item["type"] == "reasoning"]

    assert sealed() == [None] and sealed(include=["reasoning.encrypted_content"]) == ["gAAAAAB-final"]


FORMAT = {"format": {"type": "json_schema", "name": "city", "strict": True, "schema": {
    "type": "object", "properties": {"city": {"type": "string"}, "pop": {"type": "integer"}}, "required": ["city", "pop"], "additionalProperties": False}}}


def test_R23_structured_text_parses(speak, replay_server):
    document = speak(replay_server).response("f09-structured", text=FORMAT)["document"]
    assert json.loads(message_text(document)) == {"city": "Paris", "pop": 2102650} and document["text"]["format"]["name"] == "city"


def test_R24_parse_of_text_that_is_cut_raises(replay_calls):
    """Documented by openai-python: the text of an incomplete response is parsed all the same, and a cut document is no document."""
    import pydantic

    class City(pydantic.BaseModel):
        city: str

    with pytest.raises(pydantic.ValidationError):
        replay_calls().response_parse("f10-length", City)


def events_of(speak, server, model, **members):
    told = speak(server).response_events(model, **members)
    assert told.error is None, told.error
    return told


def test_S01_S02_final_response_of_the_helper(speak, replay_server):
    told = speak(replay_server).response_helper("f01-plain-text")
    assert told.error is None and message_text(told.final) == "Hello, world." and told.final["status"] == "completed"


@pytest.mark.parametrize("model", ["f02-reasoning", "f04b-interleaved-tools", "f18-codex-only-events", "f12-after-text-server-error"])
def test_S03_sequence_is_dense_from_0(speak, replay_server, model):
    numbers = [event["sequence_number"] for event in events_of(speak, replay_server, model).items]
    assert numbers == list(range(len(numbers))) and len(numbers) > 5


PRIVATE = [backend.record("codex.rate_limits", rate_limits={"primary": {"used_percent": 3}}), backend.record("response.metadata", metadata={"x": 1})]


@pytest.mark.parametrize("how", ["response_events", "response_helper"])
def test_S04_S05_compat17_private_events_are_left_out(speak, live_path_server, fake_upstream, how):
    """A rate-limit event comes before response.created, and more amid the text."""
    text = backend.message(0, ["Hi"])
    fake_upstream.script(backend.reply(PRIVATE, backend.created(), PRIVATE, text[:3], PRIVATE, text[3:], backend.completed()))
    told = getattr(speak(live_path_server), how)("m")
    assert told.error is None
    kinds = [event["type"] for event in told.items]
    assert kinds[0] == "response.created" and kinds[-1] == "response.completed" and "codex.rate_limits" not in kinds and "response.metadata" not in kinds
    assert [event["sequence_number"] for event in told.items] == list(range(len(kinds)))


@pytest.mark.parametrize("model", ["f24h-ids-change", "f24i-no-ids", "f24f-output-without-ids"])
def test_S07_S08_ids_are_made_to_agree(speak, replay_server, model):
    told = speak(replay_server).response_helper(model)
    assert told.error is None
    added = {e["output_index"]: e["item"]["id"] for e in told.of_type("response.output_item.added")}
    assert added and all(added.values()) and len(set(added.values())) == len(added)
    for event in told.items:
        if "item_id" in event:
            assert event["item_id"] == added[event["output_index"]], event["type"]
    assert [item["id"] for item in told.final["output"]] == [added[i] for i in sorted(added)]


def test_S09_compat18_empty_terminal_output_is_rebuilt(speak, live_path_server, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["Rebuilt", " text"]), backend.function_call(1, "call_1", "f", ["{}"]),
                                       backend.completed(output=[])))
    told = speak(live_path_server).response_helper("m")
    assert [item["type"] for item in told.final["output"]] == ["message", "function_call"] and message_text(told.final) == "Rebuilt text"


def test_S10_reasoning_summary(speak, replay_server):
    told = events_of(speak, replay_server, "f02-reasoning", reasoning={"summary": "auto"})
    pieces = "".join(e["delta"] for e in told.of_type("response.reasoning_summary_text.delta"))
    assert pieces == "**Comparing** both options" == told.of_type("response.reasoning_summary_text.done")[0]["text"]
    assert told.items[-1]["response"]["output"][0]["summary"] == [{"type": "summary_text", "text": pieces}]


def arguments_told(told):
    sums = {}
    for event in told.of_type("response.function_call_arguments.delta"):
        sums[event["output_index"]] = sums.get(event["output_index"], "") + event["delta"]
    return sums


def test_S11_function_call(speak, replay_server):
    told = events_of(speak, replay_server, "f03-tool-call")
    assert arguments_told(told) == {0: '{"city":"Kraków"}'}
    done = told.of_type("response.function_call_arguments.done")[0]
    assert (done["name"], done["arguments"]) == ("get_weather", '{"city":"Kraków"}')
    assert told.of_type("response.output_item.added")[0]["item"]["arguments"] == ""


def test_S12_interleaved_calls(speak, replay_server):
    told = events_of(speak, replay_server, "f04b-interleaved-tools")
    assert arguments_told(told) == {2: '{"city":"Oslo"}', 3: '{"city":"Rome"}'}
    deltas = [e["output_index"] for e in told.of_type("response.function_call_arguments.delta")]
    assert deltas == [2, 3, 2, 3], "the pieces come in upstream's order"


def test_S13_custom_tool_input(speak, replay_server):
    told = events_of(speak, replay_server, "f05-custom-tool")
    patch = "*** Begin Patch\n*** Add File: a.txt\n+hi\n*** End Patch\n"
    assert "".join(e["delta"] for e in told.of_type("response.custom_tool_call_input.delta")) == patch
    assert told.of_type("response.custom_tool_call_input.done")[0]["input"] == patch == told.items[-1]["response"]["output"][0]["input"]


def test_S14_refusal(speak, replay_server):
    told = events_of(speak, replay_server, "f08-refusal")
    assert "".join(e["delta"] for e in told.of_type("response.refusal.delta")) == "I can't help with that." == told.of_type("response.refusal.done")[0]["refusal"]
    assert told.items[-1]["response"]["output"][0]["content"] == [{"type": "refusal", "refusal": "I can't help with that."}]


def test_S15_annotation(speak, replay_server):
    told = events_of(speak, replay_server, "f06b-annotation")
    assert [e["annotation"]["url"] for e in told.of_type("response.output_text.annotation.added")] == ["https://example.org/a"]


def test_S16_compat24_logprobs_are_a_list_although_upstream_sends_none(speak, live_path_server, fake_upstream):
    fake_upstream.script(backend.reply(backend.created(), backend.message(0, ["H", "i"]), backend.completed()))
    told = events_of(speak, live_path_server, "m")
    spoken = told.of_type("response.output_text.delta") + told.of_type("response.output_text.done")
    assert [e["logprobs"] for e in spoken] == [[], [], []]


def test_S17_incomplete_stream(speak, replay_server):
    """openai-python raises for want of response.completed, as documented; openai-node resolves with the status."""
    told = speak(replay_server).response_helper("f10-length")
    assert told.items[-1]["type"] == "response.incomplete"
    if speak.kind == "node":
        assert told.final["status"] == "incomplete" and told.final["incomplete_details"] == {"reason": "max_output_tokens"}
    else:
        assert told.error.classes == ["RuntimeError"]


@pytest.mark.parametrize("wanted", [False, True])
def test_S19_no_obfuscation(speak, live_path_server, fake_upstream, wanted):
    """Upstream's padding goes no further when it is not wanted; we never add any."""
    text = [chunk.replace(b'"delta":', b'"obfuscation": "abc", "delta":') if b"output_text.delta" in chunk else chunk for chunk in backend.message(0, ["Hi"])]
    fake_upstream.script(backend.reply(backend.created(), text, backend.completed()))
    told = events_of(speak, live_path_server, "m", stream_options={"include_obfuscation": wanted})
    assert any("obfuscation" in event for event in told.items) == wanted
    assert [e["delta"] for e in told.of_type("response.output_text.delta")] == ["Hi"]


@pytest.mark.parametrize("model", ["f19a-response-done", "f19b-done-marker"])
def test_S20_compat25_other_ends_of_a_stream(speak, replay_server, model):
    """response.done instead of response.completed; a [DONE] after it."""
    told = speak(replay_server).response_helper(model)
    assert told.items[-1]["type"] == "response.completed" and message_text(told.final) == "Hello, world."


@pytest.mark.parametrize("case", failed(before_output=False), ids=repr)
def test_E18_E20_compat22_a_stream_that_fails_says_so(speak, replay_server, case):
    told = speak(replay_server).response_events(case.name)
    assert told.error is None and told.items[-1]["type"] == "response.failed"
    assert told.items[-1]["response"]["error"]["message"]


@pytest.mark.parametrize("case", answered() + failed(before_output=False), ids=repr)
def test_S25_golden(replay_server, case):
    body = raw.responses(replay_server, case.name, True).body
    response_events(body)
    golden.check(f"responses/{case.name}.sse", body)
