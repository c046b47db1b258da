"""pydantic-ai with its two models for OpenAI's APIs."""
import asyncio

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

import demo


class City(BaseModel):
    name: str
    population: int


@pytest.fixture(params=[OpenAIChatModel, OpenAIResponsesModel], ids=["chat", "responses"])
def model(request, demo_server):
    return request.param("gpt-5.5", provider=OpenAIProvider(base_url=demo_server.base_url, api_key="dummy"))


def check_usage(usage, *answers):
    assert usage.requests == len(answers)
    assert usage.input_tokens == sum(a.input for a in answers)
    assert usage.output_tokens == sum(a.output for a in answers)
    assert usage.details["reasoning_tokens"] == sum(a.reasoning for a in answers)


def test_chat(model):
    result = Agent(model, instructions="Be brief.").run_sync("Hello")
    assert result.output == demo.TEXT.text
    check_usage(result.usage, demo.TEXT)


def test_conversation(model):
    agent = Agent(model)
    first = agent.run_sync("Hello")
    assert agent.run_sync("And again", message_history=first.all_messages()).output == demo.TEXT.text


async def streamed(agent, prompt):
    async with agent.run_stream(prompt) as result:
        pieces = [text async for text in result.stream_text(delta=True, debounce_by=None)]
        return pieces, result.usage


def test_stream(model):
    pieces, usage = asyncio.run(streamed(Agent(model), "Hello"))
    assert len(pieces) > demo.PIECES and "".join(pieces) == demo.TEXT.text
    check_usage(usage, demo.TEXT)


def with_tool(model):
    agent, seen = Agent(model), []

    @agent.tool_plain
    def get_forecast(city: str, days: int) -> str:
        """Forecast for a city."""
        seen.append({"city": city, "days": days})
        return "sunny"

    return agent, seen


def test_tool_round_trip(model):
    agent, seen = with_tool(model)
    result = agent.run_sync("Forecast?")
    assert (result.output, seen) == (demo.AFTER_TOOL.text, [demo.FORECAST])
    check_usage(result.usage, demo.CALL, demo.AFTER_TOOL)


def test_streamed_tool_round_trip(model):
    agent, seen = with_tool(model)
    pieces, usage = asyncio.run(streamed(agent, "Forecast?"))
    assert ("".join(pieces), seen) == (demo.AFTER_TOOL.text, [demo.FORECAST])
    check_usage(usage, demo.CALL, demo.AFTER_TOOL)


@pytest.mark.parametrize("form", [NativeOutput, ToolOutput])
def test_structured_output(model, form):
    assert Agent(model, output_type=form(City)).run_sync("Tell me about a city.").output == City(**demo.CITY)
