"""LangChain's ChatOpenAI, on chat completions and on the Responses API."""
import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

import demo


class City(BaseModel):
    name: str
    population: int


@tool
def get_forecast(city: str, days: int) -> str:
    """Forecast for a city."""
    return f"{days} sunny in {city}"


@pytest.fixture(params=[False, True], ids=["chat", "responses"])
def model(request, demo_server):
    return ChatOpenAI(model="gpt-5.5", base_url=demo_server.base_url, api_key="dummy", max_retries=0, timeout=30,
                      use_responses_api=request.param, stream_usage=True)


def check_usage(message, answer):
    usage = message.usage_metadata
    assert (usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (answer.input, answer.output, answer.total)
    assert usage["output_token_details"]["reasoning"] == answer.reasoning


def test_chat(model):
    message = model.invoke([("system", "Be brief."), ("human", "Hello")])
    assert message.text == demo.TEXT.text
    check_usage(message, demo.TEXT)


def test_stream(model):
    pieces = list(model.stream("Hello"))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    assert len(pieces) > demo.PIECES and whole.text == demo.TEXT.text
    check_usage(whole, demo.TEXT)


def ask(model, messages, streamed):
    if not streamed:
        return model.invoke(messages)
    pieces = list(model.stream(messages))
    return sum(pieces[1:], pieces[0])


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_tool_round_trip(model, streamed):
    able = model.bind_tools([get_forecast])
    messages = [HumanMessage("Forecast?")]
    first = ask(able, messages, streamed)
    assert [(call["name"], call["args"]) for call in first.tool_calls] == [("get_forecast", demo.FORECAST)]
    result = get_forecast.invoke(first.tool_calls[0])
    assert (result.content, result.tool_call_id) == ("1 sunny in Tokyo", first.tool_calls[0]["id"])
    second = ask(able, [*messages, first, result], streamed)
    assert second.text == demo.AFTER_TOOL.text and not second.tool_calls
    check_usage(second, demo.AFTER_TOOL)


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_structured_output(model, method):
    assert model.with_structured_output(City, method=method).invoke("Tell me about a city.") == City(**demo.CITY)
