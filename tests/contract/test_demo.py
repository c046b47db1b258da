"""ocx serve --demo: no login, no network, an answer for everything."""
import json

import openai
import pytest
from pydantic import BaseModel

from harness import raw
from harness.laws import response_events

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "unit": {"enum": ["C", "F"]}},
              "required": ["city", "days", "unit"], "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "get_forecast", "strict": True, "parameters": PARAMETERS}}


class Pet(BaseModel):
    name: str
    age: int
    tags: list[str]


@pytest.fixture
def client(demo_server, make_calls):
    return make_calls(demo_server.base_url).client


def test_text_comes_in_pieces_at_a_human_pace(demo_server):
    events = response_events(raw.responses(demo_server, "anything", True).body)
    assert sum(e["type"] == "response.output_text.delta" for e in events) > 10
    assert any(e["type"] == "response.reasoning_summary_text.delta" for e in events)


def test_the_model_asked_for_answers(client):
    assert client.responses.create(model="some-model-7", input="hi").model == "some-model-7"
    assert client.chat.completions.create(model="some-model-7", messages=[{"role": "user", "content": "hi"}]).choices[0].message.content


def test_a_tool_call_then_text(client):
    messages = [{"role": "user", "content": "Forecast?"}]
    first = client.chat.completions.create(model="m", messages=messages, tools=[TOOL]).choices[0]
    assert first.finish_reason == "tool_calls"
    call = first.message.tool_calls[0]
    arguments = json.loads(call.function.arguments)
    assert call.function.name == "get_forecast" and set(arguments) == {"city", "days", "unit"}
    assert type(arguments["city"]) is str and type(arguments["days"]) is int and arguments["unit"] in ("C", "F")
    messages += [first.message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    second = client.chat.completions.create(model="m", messages=messages, tools=[TOOL]).choices[0]
    assert second.finish_reason == "stop" and second.message.content


def test_the_named_tool_is_called(client):
    other = {"type": "function", "function": {"name": "other", "parameters": {"type": "object", "properties": {}}}}
    choice = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], tools=[TOOL, other],
                                            tool_choice={"type": "function", "function": {"name": "other"}}).choices[0]
    assert [c.function.name for c in choice.message.tool_calls] == ["other"]


def test_json_for_a_schema(client):
    chat = client.chat.completions.parse(model="m", messages=[{"role": "user", "content": "A pet as json"}], response_format=Pet)
    assert isinstance(chat.choices[0].message.parsed, Pet)
    assert isinstance(client.responses.parse(model="m", input="A pet", text_format=Pet).output_parsed, Pet)


@pytest.mark.parametrize("model,cls,status", [
    ("demo-429", openai.RateLimitError, 429), ("demo-usage-limit", openai.RateLimitError, 429), ("demo-500", openai.InternalServerError, None),
    ("demo-overloaded", openai.InternalServerError, 503), ("demo-context", openai.BadRequestError, 400)])
def test_failures_with_a_status(client, model, cls, status):
    for stream in (False, True):
        with pytest.raises(cls) as caught:
            client.responses.create(model=model, input="hi", stream=stream)
        assert status is None or caught.value.status_code == status


def test_a_cut_stream(client):
    with pytest.raises(openai.APIError) as caught:
        for _ in client.chat.completions.create(model="demo-cut", messages=[{"role": "user", "content": "hi"}], stream=True):
            pass
    assert type(caught.value) is openai.APIError
    with pytest.raises(openai.InternalServerError):
        client.responses.create(model="demo-cut", input="hi")


@pytest.mark.parametrize("model,finish", [("demo-filter", "content_filter"), ("demo-length", "length"), ("demo-refusal", "stop")])
def test_limits_and_refusal(client, model, finish):
    choice = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}]).choices[0]
    assert choice.finish_reason == finish and bool(choice.message.refusal) == (model == "demo-refusal")


def test_failures_also_when_the_request_brings_tools(client):
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(model="demo-429", messages=[{"role": "user", "content": "hi"}], tools=[TOOL])


def test_the_catalogue_names_the_failures(client):
    names = {m.id for m in client.models.list().data}
    assert {"demo-429", "demo-cut", "gpt-5.6-luna"} <= names
