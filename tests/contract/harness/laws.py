"""Consistency laws over the bytes of a stream (openai-contract sections 0 and 3): each breach is an AssertionError that names its contract case."""
import json

KNOWN = {"response." + name for name in (
    "created queued in_progress completed incomplete failed output_item.added output_item.done content_part.added content_part.done "
    "output_text.delta output_text.done output_text.annotation.added refusal.delta refusal.done function_call_arguments.delta "
    "function_call_arguments.done custom_tool_call_input.delta custom_tool_call_input.done reasoning_summary_part.added reasoning_summary_part.done "
    "reasoning_summary_text.delta reasoning_summary_text.done reasoning_text.delta reasoning_text.done web_search_call.in_progress "
    "web_search_call.searching web_search_call.completed file_search_call.in_progress file_search_call.searching file_search_call.completed "
    "image_generation_call.in_progress image_generation_call.generating image_generation_call.completed image_generation_call.partial_image "
    "code_interpreter_call.in_progress code_interpreter_call.interpreting code_interpreter_call.completed code_interpreter_call_code.delta "
    "code_interpreter_call_code.done mcp_call.in_progress mcp_call.completed mcp_call.failed mcp_call_arguments.delta mcp_call_arguments.done "
    "mcp_list_tools.in_progress mcp_list_tools.completed mcp_list_tools.failed shell_call_command.added shell_call_command.delta "
    "shell_call_command.done shell_call_output_content.delta shell_call_output_content.done audio.delta audio.done audio.transcript.delta "
    "audio.transcript.done").split()} | {"error"}
LIFECYCLE = {"response.created", "response.queued", "response.in_progress", "response.completed", "response.incomplete", "response.failed"}
TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
REQUIRED = set("id object created_at status error incomplete_details instructions metadata model output parallel_tool_calls temperature tool_choice "
               "tools top_p usage".split())
# delta event: (done event, the member of the done event that holds the whole)
WHOLES = {"response.output_text.delta": "text", "response.refusal.delta": "refusal", "response.function_call_arguments.delta": "arguments",
          "response.custom_tool_call_input.delta": "input", "response.reasoning_summary_text.delta": "text", "response.reasoning_text.delta": "text"}


def whole(text):
    """Text whose surrogate pairs may have come as two halves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def records(body):
    """(event name or None, data text) of each record, after the laws of framing."""
    assert not body.startswith(b"\xef\xbb\xbf"), "T03: a byte order mark"
    assert body.endswith(b"\n\n"), "T04: the last record is not ended"
    assert b"\r" not in body, "T03: a carriage return"
    found = []
    for block in body.decode("utf-8").split("\n\n")[:-1]:
        name, data = None, []
        for line in block.split("\n"):
            assert line, "T02: an empty line too much"
            field, _, value = line.partition(":")
            assert field in ("", "event", "data"), f"T03: field {field!r}"
            if field == "event":
                name = value.removeprefix(" ")
            elif field == "data":
                data.append(value.removeprefix(" "))
        if all(line.startswith(":") for line in block.split("\n")):
            continue
        assert data and "\n".join(data).strip(), f"T02: a record without data: {block!r}"
        found.append((name, "\n".join(data)))
    return found


def response_events(body, adds_up=True):
    """The events of a Responses stream after every law; a list of dicts. `adds_up=False`: upstream's own deltas do not make its texts."""
    events = []
    for name, data in records(body):
        assert data != "[DONE]", "S06: [DONE] on a Responses stream"
        event = json.loads(data)
        assert name == event["type"], f"S06: event line {name!r}, type {event['type']!r}"
        assert event["type"] in KNOWN, f"S05: unknown event {event['type']}"
        events.append(event)
    kinds = [e["type"] for e in events]
    assert [e["sequence_number"] for e in events] == list(range(len(events))), "S03: sequence numbers are not dense from 0"
    assert kinds[0] == "response.created" and kinds.count("response.created") == 1, "S04: response.created is not the first event"
    assert kinds[-1] in TERMINAL and sum(k in TERMINAL for k in kinds) == 1, f"one terminal event, at the end: {kinds[-3:]}"
    _lifecycle(events)
    _items(events, adds_up)
    return events


def _lifecycle(events):
    objects = [e["response"] for e in events if e["type"] in LIFECYCLE]
    assert len({o["id"] for o in objects}) == 1, "invariant 8: the response id changes"
    for o in objects:
        response_object(o)
    for o in objects[:-1]:
        assert o["output"] == [] and o["usage"] is None and o["status"] in ("in_progress", "queued"), "an early lifecycle event is final"
    assert objects[-1]["status"] == events[-1]["type"].removeprefix("response."), "the terminal event and its status differ"


def response_object(o):
    """R02-R04 for one Response object."""
    assert REQUIRED <= set(o), f"R02: missing {sorted(REQUIRED - set(o))}"
    assert o["object"] == "response" and o["id"] and type(o["created_at"]) is int, "R03: created_at is no integer"
    if o["usage"] is not None:
        u = o["usage"]
        assert {"cached_tokens", "cache_write_tokens"} <= set(u["input_tokens_details"]), "R04: input_tokens_details"
        assert "reasoning_tokens" in u["output_tokens_details"], "R04: output_tokens_details"
        assert u["total_tokens"] == u["input_tokens"] + u["output_tokens"], "R04: total_tokens"
    ids = [item["id"] for item in o["output"]]
    assert all(ids) and len(set(ids)) == len(ids), f"invariant 10: item ids {ids}"
    for item in o["output"]:
        for part in item.get("content") or []:
            if part["type"] == "output_text":
                assert isinstance(part["annotations"], list), "invariant 12: annotations"


def _items(events, adds_up):
    """Invariants 9-12: items are announced in order, keep their id, and their parts add up."""
    added, done, parts, sums = [], {}, set(), {}
    for e in events:
        kind = e["type"]
        if kind == "response.output_item.added":
            assert e["output_index"] == len(added), f"invariant 9: output_index {e['output_index']}, expected {len(added)}"
            assert e["item"]["id"], "invariant 10: an item without id"
            if e["item"]["type"] == "function_call":
                assert e["item"]["arguments"] == "", "invariant 11: arguments of an announced call"
            added.append(e["item"])
        elif "output_index" in e:
            assert e["output_index"] < len(added), f"invariant 9: {kind} before its item was added"
            item = added[e["output_index"]]
            assert e.get("item_id", item["id"]) == item["id"], f"S07: {kind} names another item"
            _part(e, item, parts, sums, done, adds_up)
    output = events[-1]["response"]["output"]
    assert [i["id"] for i in output] == [i["id"] for i in added], "S09: the terminal output is not what was announced"
    for index, item in done.items():
        assert output[index] == item, "S09: the terminal output differs from output_item.done"
    if events[-1]["type"] == "response.completed":
        assert sorted(done) == list(range(len(added))), "invariant 7: an item was added but never done"


def _part(e, item, parts, sums, done, adds_up):
    kind, where = e["type"], (e["output_index"], e.get("content_index", e.get("summary_index")))
    if kind in ("response.content_part.added", "response.reasoning_summary_part.added"):
        assert where not in parts, "a part is added twice"
        parts.add(where)
    elif kind in WHOLES:
        assert where[1] is None or where in parts, f"invariant 9: {kind} before its part was added"
        assert isinstance(e["delta"], str), "delta is text"
        sums.setdefault(where + (kind,), []).append(e["delta"])
        assert kind != "response.output_text.delta" or isinstance(e["logprobs"], list), "S16: logprobs"
    elif kind.replace(".done", ".delta") in WHOLES and kind.endswith(".done"):
        delta_kind = kind.replace(".done", ".delta")
        assert not adds_up or whole("".join(sums.get(where + (delta_kind,), []))) == whole(e[WHOLES[delta_kind]]), f"K09: the deltas of {kind} do not add up"
        assert kind != "response.function_call_arguments.done" or e["name"], "S11: name"
        assert kind != "response.output_text.done" or isinstance(e["logprobs"], list), "S16: logprobs"
    elif kind == "response.output_item.done":
        assert e["item"]["id"] == item["id"] and e["item"]["type"] == item["type"], "S07: id or type changes between added and done"
        assert e["output_index"] not in done, "an item is done twice"
        assert e["item"].get("call_id") == item.get("call_id"), "invariant 10: call_id changes"
        done[e["output_index"]] = e["item"]


def chat_chunks(body, usage=False, choices=1):
    """The chunks of a chat stream that ended well, after every law; a list of dicts without [DONE]."""
    found = records(body)
    assert all(name is None for name, _ in found), "K01: event lines on a chat stream"
    assert found[-1][1] == "[DONE]" and sum(data == "[DONE]" for _, data in found) == 1, "K01: [DONE] is the last record"
    chunks = [json.loads(data) for _, data in found[:-1]]
    for name in ("id", "created", "model"):
        assert len({c[name] for c in chunks}) == 1, f"K19: {name} changes"
    assert all(c["object"] == "chat.completion.chunk" and type(c["created"]) is int for c in chunks), "K01: object and created"
    spoken = _usage_laws(chunks, usage)
    assert all(len(c["choices"]) == 1 for c in spoken), "K01: one choice in each chunk"
    indices = [c["choices"][0]["index"] for c in spoken]
    assert list(dict.fromkeys(indices)) == list(range(choices)), f"K15: choices are opened in the order {indices}"
    for index in range(choices):
        _choice_laws([c["choices"][0] for c in spoken if c["choices"][0]["index"] == index])
    return chunks


def _choice_laws(choices):
    assert [("role" in c["delta"]) for c in choices] == [True] + [False] * (len(choices) - 1), "K10: role in the first chunk only"
    reasons = [c["finish_reason"] for c in choices]
    assert reasons[-1] and not any(reasons[:-1]), f"invariant 17: finish reasons {reasons}"
    assert choices[-1]["delta"] == {} or len(choices) == 1, "K01: the last chunk carries a delta"
    _tool_laws(choices)


def _usage_laws(chunks, usage):
    if not usage:
        assert not any("usage" in c for c in chunks), "K03: usage without being asked"
        return chunks
    last = chunks[-1]
    if last["choices"]:  # upstream told no usage: K22
        assert not any(c.get("usage") for c in chunks), "K02: usage is not in the last chunk"
        return chunks
    assert last["usage"]["total_tokens"] == last["usage"]["prompt_tokens"] + last["usage"]["completion_tokens"], "K02: usage does not add up"
    assert all("usage" in c and c["usage"] is None for c in chunks[:-1]), "K02: usage null on all but the last"
    return chunks[:-1]


def _tool_laws(choices):
    opened = 0
    for choice in choices:
        for call in choice["delta"].get("tool_calls", []):
            name = (call.get("function") or call.get("custom") or {}).get("name")
            if call["index"] == opened:
                assert call["id"] and name and call["type"] in ("function", "custom"), f"invariant 14: call opened by {call}"
                opened += 1
            else:
                assert call["index"] < opened, f"K07: tool index {call['index']} skips ahead"
                assert not call.get("id") and not name, "K10: id or name repeated"
