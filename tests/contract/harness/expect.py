"""Comparisons with the index: what an SDK's objects must hold for a fixture."""
import openai

from .laws import whole


def usage_of(u):
    if u is None:
        return None
    if hasattr(u, "prompt_tokens"):
        return {"input": u.prompt_tokens, "cached": u.prompt_tokens_details.cached_tokens, "output": u.completion_tokens,
                "reasoning": u.completion_tokens_details.reasoning_tokens}
    return {"input": u.input_tokens, "cached": u.input_tokens_details.cached_tokens, "output": u.output_tokens,
            "reasoning": u.output_tokens_details.reasoning_tokens}


def response_calls(items):
    found = []
    for item in items:
        if item.type == "function_call":
            found.append({"type": "function", "call_id": item.call_id, "name": item.name, "arguments": item.arguments})
        elif item.type == "custom_tool_call":
            found.append({"type": "custom", "call_id": item.call_id, "name": item.name, "input": item.input})
    return found


def chat_calls(calls):
    found = []
    for call in calls or []:
        if call.type == "custom":
            found.append({"type": "custom", "call_id": call.id, "name": call.custom.name, "input": call.custom.input})
        else:
            found.append({"type": "function", "call_id": call.id, "name": call.function.name, "arguments": call.function.arguments})
    return found


def check_response(response, case):
    refusals = [p.refusal for i in response.output if i.type == "message" for p in i.content if p.type == "refusal"]
    assert response.status == ("incomplete" if case.kind == "incomplete" else "completed")
    assert [item.type for item in response.output] == case["items"]
    assert whole(response.output_text) == case.text
    assert ("".join(refusals) or None) == case.refusal
    assert response_calls(response.output) == case.tool_calls
    assert usage_of(response.usage) == case.usage
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    assert (response.incomplete_details and response.incomplete_details.reason) == reasons.get(case.finish_reason)
    if case.reasoning:
        assert "".join(s.text for i in response.output if i.type == "reasoning" for s in i.summary) == case.reasoning
    if case.image:
        assert [i.result for i in response.output if i.type == "image_generation_call"] == [case.image]


def check_completion(completion, case):
    choice = completion.choices[0]
    message = choice.message
    assert len(completion.choices) == 1 and message.role == "assistant"
    assert whole(message.content or "") == case.chat_text
    assert message.refusal == case.refusal
    assert chat_calls(message.tool_calls) == case.tool_calls
    assert choice.finish_reason == case.finish_reason
    if completion.usage is not None or case.usage is None:
        assert usage_of(completion.usage) == case.usage


class Joined:
    """A completion put together from raw chunks, by the rules of the API and not of any SDK."""

    def __init__(self, chunks):
        self.content, self.refusal, self.finish, self.usage, self.calls = "", None, [], None, {}
        for chunk in chunks:
            self.usage = chunk.get("usage") or self.usage
            for choice in chunk["choices"]:
                self._add(choice["delta"])
                self.finish += [choice["finish_reason"]] if choice["finish_reason"] else []

    def _add(self, delta):
        self.content += delta.get("content") or ""
        if delta.get("refusal"):
            self.refusal = (self.refusal or "") + delta["refusal"]
        for part in delta.get("tool_calls", []):
            call = self.calls.setdefault(part["index"], {"type": part.get("type"), "call_id": part.get("id")})
            for name, text in (part.get("function") or part.get("custom") or {}).items():
                call[name] = call.get(name, "") + (text or "")

    def check(self, case):
        assert whole(self.content) == case.chat_text
        assert self.refusal == case.refusal
        assert [self.calls[i] for i in sorted(self.calls)] == case.tool_calls
        assert self.finish == [case.finish_reason]


def check_status_error(error, case):
    """An exception with a status: the class that the index names, all of OpenAI's error members."""
    assert isinstance(error, getattr(openai, case.python)), f"{type(error).__name__} instead of {case.python}: {error}"
    assert error.status_code in case.status, f"status {error.status_code}: {error}"
    assert error.request_id, "T10: no x-request-id"
    check_error_members(error, case)


def check_error_members(error, case):
    body = error.body
    assert isinstance(body, dict) and {"message", "type", "param", "code"} <= set(body), f"E25: {body!r}"
    assert isinstance(body["message"], str) and body["message"] and isinstance(body["type"], str)
    if case.code:
        assert body["code"] == case.code, body
    if case.param:
        assert body["param"] == case.param, body
    if case.message:
        assert case.message in body["message"], body
