"""What the backend demands of a request (codex-protocol 3.4-3.6) and what we demand of ourselves: checked on every request that reaches the stand-in."""
import re

from .forms import parts_of

MEMBERS = {"model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "store", "stream", "include",
           "service_tier", "prompt_cache_key", "text", "client_metadata"}
CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
COMPACTION_MEMBERS = {"model", "input", "instructions", "tools", "parallel_tool_calls", "reasoning", "service_tier", "prompt_cache_key", "text"}
IMAGE_MEMBERS = {"model", "prompt", "background", "quality", "size", "n", "images"}
IMAGE_URL = re.compile(r"data:image/(png|jpeg|webp);base64,")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def violations(headers, body):
    """Sentences, one for each rule that the request breaks. `headers` are (lower-case name, value) pairs."""
    found = []

    def rule(holds, sentence):
        if not holds:
            found.append(sentence)

    rule(isinstance(body, dict), "the body is a JSON object")
    if not isinstance(body, dict):
        return found
    rule(set(body) <= MEMBERS, f"unknown members {sorted(set(body) - MEMBERS)}")
    rule(isinstance(body.get("model"), str) and body["model"], "model is a name")
    rule(isinstance(body.get("instructions"), str), "instructions is a string")
    rule(body.get("store") is False, "store is false")
    rule(body.get("stream") is True, "stream is true")
    rule("reasoning.encrypted_content" in body.get("include", []), "include asks for encrypted reasoning")
    rule(body.get("tools") != [], "an empty tools list is left out")
    rule(len(body.get("prompt_cache_key") or "") <= 64, "prompt_cache_key has at most 64 characters")
    found += _input_violations(body.get("input"))
    found += _header_violations(dict(headers), body)
    return found


def compaction_violations(headers, body):
    """The same for the route that compacts (codex-protocol 7.2)."""
    extra = set(body) - COMPACTION_MEMBERS
    found = [f"unknown members {sorted(extra)}"] if extra else []
    found += [] if isinstance(body.get("parallel_tool_calls"), bool) else ["parallel_tool_calls is there"]
    found += [] if dict(headers).get("accept") == "application/json" else ["JSON is asked for"]
    return found + _input_violations(body.get("input"))


def image_violations(headers, body):
    """The same for the image routes (codex-protocol 7.5)."""
    found, told = [], dict(headers)

    def rule(holds, sentence):
        if not holds:
            found.append(sentence)

    rule(set(body) <= IMAGE_MEMBERS, f"unknown members {sorted(set(body) - IMAGE_MEMBERS)}")
    rule(body.get("model") == "gpt-image-2" and body.get("prompt"), "there are model and prompt")
    rule(body.get("background", "auto") in ("auto", "opaque", "transparent"), "background is one of three words")
    rule(body.get("quality", "auto") in ("low", "medium", "high", "auto"), "quality is one of four words")
    rule(body.get("n") != 1, "one image needs no n")
    images = body.get("images", [{"image_url": "data:image/png;base64,"}])
    rule(1 <= len(images) <= 5, "an edit has one to five images")
    rule(all(set(i) == {"image_url"} and IMAGE_URL.match(i["image_url"]) for i in images), "an image is a data URL of a known type")
    rule(told.get("content-type") == "application/json" and told.get("accept") == "application/json", "JSON is sent and asked for")
    return found + [f"header {name} goes no further than here" for name in told if name.startswith("x-stainless-")]


def form_violations(call):
    """The same for a recorded call of the transcription route (codex-protocol 7.8)."""
    parts, told = parts_of(call), dict(call.headers)
    found = [] if [name for name, *_ in parts if name not in ("language", "prompt")] == ["file"] else ["a form has one file, a prompt and a language"]
    found += [] if all(filename for name, filename, *_ in parts if name == "file") else ["a file has a name"]
    return found + [f"header {name} goes no further than here" for name in told if name.startswith("x-stainless-")]


def _input_violations(items):
    if not isinstance(items, list):
        return ["input is a list"]
    found, calls, outputs = [], {}, {}
    for number, item in enumerate(items):
        kind = item.get("type", "message")
        if item.get("role") == "system":
            found.append(f"input[{number}] has the role system")
        if kind in CALLS or kind in CALLS.values():
            ident = item.get("call_id")
            if not isinstance(ident, str) or not ident or len(ident) > 64:
                found.append(f"input[{number}] has the call_id {ident!r}")
            side = calls if kind in CALLS else outputs
            if ident in side:
                found.append(f"input[{number}] repeats the call_id {ident!r}")
            side[ident] = CALLS.get(kind, kind)
        if kind != "reasoning" and item.get("id") == "":
            found.append(f"input[{number}] has an empty id")
        if kind == "message" and isinstance(item.get("content"), list):
            wanted = ("output_text", "refusal") if item.get("role") == "assistant" else ("input_text", "input_image", "input_file")
            found += [f"input[{number}] has a part {part.get('type')!r}" for part in item["content"] if part.get("type") not in wanted]
    if calls != outputs:
        found.append(f"calls {sorted(calls)} and outputs {sorted(outputs)} do not match")
    return found


def _header_violations(headers, body):
    found = []
    if headers.get("content-type", "").split(";")[0] != "application/json":
        found.append("content-type is application/json")
    if headers.get("accept") != "text/event-stream":
        found.append("accept is text/event-stream")
    if headers.get("accept-encoding", "identity") != "identity":
        found.append("no encoding of the answer is asked for")
    session = headers.get("session-id", "")
    if not UUID.fullmatch(session):
        found.append(f"session-id is a UUID, not {session!r}")
    for name in ("thread-id", "x-client-request-id"):
        if headers.get(name) != session:
            found.append(f"{name} equals session-id")
    if body.get("prompt_cache_key") != session:
        found.append("prompt_cache_key equals session-id")
    if not headers.get("version") or headers["version"] not in headers.get("user-agent", ""):
        found.append("the version header stands in the user agent too")
    for name in headers:
        if name.startswith(("x-openai-internal-", "x-stainless-")) or name in ("cookie", "openai-organization", "openai-project"):
            found.append(f"header {name} goes no further than here")
    return found
