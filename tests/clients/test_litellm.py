"""LiteLLM's completion() and responses(), with the provider prefix that sends both to an OpenAI-compatible server."""
import json

import litellm
import pytest
from pydantic import BaseModel

import demo

HELLO = [{"role": "user", "content": "Hello"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city", "days"]}
FUNCTION = {"name": "get_forecast", "description": "Forecast for a city.", "parameters": PARAMETERS}
CHAT_TOOLS = [{"type": "function", "function": FUNCTION}]
RESPONSES_TOOLS = [{"type": "function", **FUNCTION}]


class City(BaseModel):
    name: str
    population: int


# chat: POST /v1/chat/completions; bridge: completion() that LiteLLM itself turns into POST /v1/responses.
@pytest.fixture(params=["openai/gpt-5.5", "openai/responses/gpt-5.5"], ids=["chat", "bridge"])
def complete(request, demo_server):
    def call(**options):
        return litellm.completion(model=request.param, api_base=demo_server.base_url, api_key="dummy", max_retries=0, timeout=30,
                                  **{"messages": HELLO, **options})

    return call


@pytest.fixture
def respond(demo_server):
    def call(**options):
        return litellm.responses(model="openai/gpt-5.5", api_base=demo_server.base_url, api_key="dummy", max_retries=0, timeout=30,
                                 **{"input": "Hello", **options})

    return call


def check_usage(usage, answer):
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (answer.input, answer.output, answer.total)
    assert usage.completion_tokens_details.reasoning_tokens == answer.reasoning


def test_chat(complete):
    reply = complete()
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason) == (demo.TEXT.text, "stop")
    check_usage(reply.usage, demo.TEXT)


def test_stream(complete):
    chunks = list(complete(stream=True, stream_options={"include_usage": True}))
    pieces = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
    assert len(pieces) > demo.PIECES and "".join(pieces) == demo.TEXT.text
    check_usage(litellm.stream_chunk_builder(chunks).usage, demo.TEXT)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_tool_round_trip(complete, streamed):
    def ask(messages):
        reply = complete(messages=messages, tools=CHAT_TOOLS, stream=streamed)
        return (litellm.stream_chunk_builder(list(reply)) if streamed else reply).choices[0]

    first = ask(HELLO)
    assert first.finish_reason == "tool_calls"
    call = first.message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_forecast", demo.FORECAST)
    second = ask([*HELLO, first.message.model_dump(), {"role": "tool", "tool_call_id": call.id, "content": "sunny"}])
    assert (second.message.content, second.finish_reason) == (demo.AFTER_TOOL.text, "stop")


def test_structured_output(complete):
    assert City.model_validate_json(complete(response_format=City).choices[0].message.content) == City(**demo.CITY)


def test_responses(respond):
    reply = respond()
    assert (reply.status, reply.output_text) == ("completed", demo.TEXT.text)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (demo.TEXT.input, demo.TEXT.output)


def test_responses_stream(respond):
    events = list(respond(stream=True))
    pieces = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert len(pieces) > demo.PIECES and "".join(pieces) == demo.TEXT.text
    assert events[-1].type == "response.completed"


def test_responses_tool_round_trip(respond):
    first = respond(tools=RESPONSES_TOOLS)
    call = first.output[-1]
    assert (call.type, call.name, json.loads(call.arguments)) == ("function_call", "get_forecast", demo.FORECAST)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    second = respond(input=[*HELLO, *(item.model_dump(exclude_none=True) for item in first.output), result], tools=RESPONSES_TOOLS)
    assert second.output_text == demo.AFTER_TOOL.text


def test_responses_structured_output(respond):
    assert City.model_validate_json(respond(text_format=City).output_text) == City(**demo.CITY)


def test_a_failure_is_litellms_own(demo_server):
    with pytest.raises(litellm.RateLimitError, match="usage limit"):
        litellm.completion(model="openai/demo-usage-limit", api_base=demo_server.base_url, api_key="dummy", max_retries=0, messages=HELLO)
