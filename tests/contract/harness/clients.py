"""openai-python behind one face: the same calls with the synchronous and the asynchronous client, so that each test is written once."""
import asyncio

import openai

USER = [{"role": "user", "content": "hi"}]


class Helped:
    """What a stream helper gave: the events it yielded, the final object or what it raised instead."""

    def __init__(self, events, final=None, error=None):
        self.events, self.final, self.error = events, final, error


def _options(base_url, strict, key):
    return {"base_url": base_url, "api_key": key, "max_retries": 0, "timeout": 30, "_strict_response_validation": strict}


class SyncCalls:
    name = "sync"

    def __init__(self, base_url, strict=True, key="test"):
        self.client = openai.OpenAI(**_options(base_url, strict, key))

    def response(self, model, **more):
        return self.client.responses.create(model=model, **{"input": "hi", **more})

    def response_events(self, model, **more):
        """Every event, and what ended the iteration early."""
        events = []
        try:
            with self.client.responses.create(model=model, stream=True, **{"input": "hi", **more}) as stream:
                for event in stream:
                    events.append(event)
        except openai.OpenAIError as error:
            return Helped(events, error=error)
        return Helped(events)

    def response_helper(self, model, **more):
        events = []
        with self.client.responses.stream(model=model, **{"input": "hi", **more}) as stream:
            for event in stream:
                events.append(event)
            try:
                return Helped(events, stream.get_final_response())
            except RuntimeError as error:
                return Helped(events, error=error)

    def response_parse(self, model, text_format=openai.omit, **more):
        return self.client.responses.parse(model=model, input="hi", text_format=text_format, **more)

    def chat(self, model, **more):
        return self.client.chat.completions.create(model=model, **{"messages": USER, **more})

    def chat_chunks(self, model, **more):
        chunks = []
        try:
            with self.client.chat.completions.create(model=model, stream=True, **{"messages": USER, **more}) as stream:
                for chunk in stream:
                    chunks.append(chunk)
        except openai.OpenAIError as error:
            return Helped(chunks, error=error)
        return Helped(chunks)

    def chat_helper(self, model, **more):
        events = []
        try:
            with self.client.chat.completions.stream(model=model, **{"messages": USER, **more}) as stream:
                for event in stream:
                    events.append(event)
                return Helped(events, stream.get_final_completion())
        except openai.OpenAIError as error:
            return Helped(events, error=error)

    def chat_parse(self, model, **more):
        return self.client.chat.completions.parse(model=model, messages=USER, **more)


class AsyncCalls:
    """The asynchronous client on a loop of its own."""

    name = "async"

    def __init__(self, base_url, strict=True, key="test", runner=None):
        self.client = openai.AsyncOpenAI(**_options(base_url, strict, key))
        self._runner = runner or asyncio.Runner()

    def _run(self, work):
        return self._runner.run(work)

    def response(self, model, **more):
        return self._run(_await(self.client.responses.create(model=model, **{"input": "hi", **more})))

    def response_events(self, model, **more):
        return self._run(_drain(self.client.responses.create(model=model, stream=True, **{"input": "hi", **more})))

    def response_helper(self, model, **more):
        async def work():
            events = []
            async with self.client.responses.stream(model=model, **{"input": "hi", **more}) as stream:
                async for event in stream:
                    events.append(event)
                try:
                    return Helped(events, await stream.get_final_response())
                except RuntimeError as error:
                    return Helped(events, error=error)

        return self._run(work())

    def response_parse(self, model, text_format=openai.omit, **more):
        return self._run(_await(self.client.responses.parse(model=model, input="hi", text_format=text_format, **more)))

    def chat(self, model, **more):
        return self._run(_await(self.client.chat.completions.create(model=model, **{"messages": USER, **more})))

    def chat_chunks(self, model, **more):
        return self._run(_drain(self.client.chat.completions.create(model=model, stream=True, **{"messages": USER, **more})))

    def chat_helper(self, model, **more):
        async def work():
            events = []
            try:
                async with self.client.chat.completions.stream(model=model, **{"messages": USER, **more}) as stream:
                    async for event in stream:
                        events.append(event)
                    return Helped(events, await stream.get_final_completion())
            except openai.OpenAIError as error:
                return Helped(events, error=error)

        return self._run(work())

    def chat_parse(self, model, **more):
        return self._run(_await(self.client.chat.completions.parse(model=model, messages=USER, **more)))


async def _await(call):
    return await call


async def _drain(call):
    items = []
    try:
        async with await call as stream:
            async for item in stream:
                items.append(item)
    except openai.OpenAIError as error:
        return Helped(items, error=error)
    return Helped(items)
