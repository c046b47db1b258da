"""One face for openai-python (synchronous and not) and openai-node that gives plain JSON values, so that a test of the catalogue is written once
and runs with each of them.

    speaker.response(model, **members)      {"document": ..., "request_id": ...}; raises Refused
    speaker.response_events(...)            Told: items, error
    speaker.response_helper(...)            Told with `final`
    speaker.image_events(**members)         Told; edited_image_events(image=[base64, ...], **members) the same for edits
and the same for chat, models and what is asked for by id."""
import asyncio
import base64
import itertools
import json

import openai

from . import node

LISTS = ("chat.list", "chat.messages", "items.list", "responses.input_items")  # read to their last page
MANY = 500

class Refused(Exception):
    """What a client threw, in facts."""

    def __init__(self, classes, status=None, code=None, kind=None, param=None, request_id=None, message=""):
        super().__init__(f"{classes[0]}: {message}")
        self.classes, self.status, self.code, self.type, self.param = classes, status, code, kind, param
        self.request_id, self.message = request_id, message

    @classmethod
    def of_python(cls, error):
        names = [c.__name__ for c in type(error).__mro__ if c not in (object, BaseException, Exception)]
        facts = {name: getattr(error, name, None) for name in ("code", "param", "request_id")}
        return cls(names, getattr(error, "status_code", None), kind=getattr(error, "type", None), message=str(error), **facts)

    @classmethod
    def of_node(cls, error):
        return cls(error["classes"], error["status"], error["code"], error["type"], error["param"], error["requestID"], error["message"])


class Told:
    """What a stream gave: its items as JSON values, what ended it early, and the final object of a helper."""

    def __init__(self, items, error=None, final=None):
        self.items, self.error, self.final = items, error, final

    def of_type(self, kind):
        return [item for item in self.items if item["type"] == kind]

    def choices(self):
        return [choice for chunk in self.items for choice in chunk["choices"]]

    def deltas(self):
        return [choice["delta"] for choice in self.choices()]


def plain(value):
    """An object of the SDK as the JSON that came."""
    return json.loads(value.to_json(exclude_unset=True)) if hasattr(value, "to_json") else value


def _members(endpoint, model, members):
    usual = {"input": "hi"} if endpoint == "responses" else {"messages": [{"role": "user", "content": "hi"}]}
    return {"model": model, **usual, **members}


class Speaker:
    """The calls by name; the two kinds below say how one is made."""

    def response(self, model, **members):
        return self.call("responses.create", _members("responses", model, members))

    def response_events(self, model, **members):
        return self.stream("responses.events", _members("responses", model, members))

    def response_helper(self, model, **members):
        return self.stream("responses.helper", _members("responses", model, members))

    def image_events(self, **members):
        return self.stream("images.generate", members)

    def edited_image_events(self, **members):
        return self.stream("images.edit", members)

    def retrieve(self, ident, **query):
        return self.call("responses.retrieve", query, ident)["document"]

    def chat(self, model, **members):
        return self.call("chat.create", _members("chat", model, members))

    def chat_events(self, model, **members):
        return self.stream("chat.events", _members("chat", model, members))

    def chat_helper(self, model, **members):
        return self.stream("chat.helper", _members("chat", model, members))


class NodeSpeaker(Speaker):
    name = "node"

    def __init__(self, driver, base_url, key="test", retries=0):
        self._driver, self._base_url, self._options = driver, base_url, {"apiKey": key, "maxRetries": retries}

    def _ask(self, call, body, argument=None):
        seen = self._driver.ask({"call": call, "baseURL": self._base_url, "options": self._options, "body": body, "argument": argument})
        if "error" in seen:
            raise Refused.of_node(seen["error"])
        return seen["value"]

    def call(self, call, body=None, argument=None):
        value = self._ask(call, body, argument)
        return {"document": value.get("document"), "request_id": value.get("requestID")}

    def stream(self, call, body, argument=None):
        value = self._ask(call, body, argument)
        return Told(value["items"], value["error"] and Refused.of_node(value["error"]), value.get("final"))


class PythonSpeaker(Speaker):
    """`client` is openai.OpenAI or, with a runner, openai.AsyncOpenAI."""

    def __init__(self, client, runner=None):
        self.client, self._runner = client, runner
        self.name = "async" if runner else "python"

    def _done(self, work):
        return self._runner.run(_await(work)) if self._runner else work

    def call(self, call, body=None, argument=None):
        chat, responses, models = self.client.chat.completions, self.client.responses, self.client.models
        known = {"responses.create": responses.create, "responses.parse": responses.parse, "responses.retrieve": responses.retrieve,
                 "chat.create": chat.create, "chat.parse": chat.parse, "chat.retrieve": chat.retrieve, "chat.update": chat.update,
                 "chat.delete": chat.delete, "chat.list": chat.list, "chat.messages": chat.messages.list, "models.retrieve": models.retrieve,
                 "models.list": models.list, "responses.delete": responses.delete, "responses.cancel": responses.cancel,
                 "responses.input_tokens": responses.input_tokens.count, "responses.input_page": responses.input_items.list,
                 "responses.input_items": responses.input_items.list}
        talks = self.client.conversations
        known.update({"conversations.create": talks.create, "conversations.retrieve": talks.retrieve, "conversations.update": talks.update,
                      "conversations.delete": talks.delete, "items.create": talks.items.create, "items.list": talks.items.list,
                      # The SDK wants the conversation by name here.
                      "items.retrieve": lambda ident, item, **query: talks.items.retrieve(item, conversation_id=ident, **query),
                      "items.delete": lambda ident, item: talks.items.delete(item, conversation_id=ident)})
        try:
            value = known[call](*([argument] if argument else []), **(body or {}))
            if call in LISTS:
                return {"document": [plain(element) for element in self._elements(value)]}
            value = self._done(value)
        except openai.OpenAIError as error:
            raise Refused.of_python(error) from error
        document = plain(value)
        return {"document": document["data"] if call in ("models.list", "responses.input_page") else document, "request_id": getattr(value, "_request_id", None)}

    def _elements(self, pages):
        """Of all pages; a list that repeats itself would not end."""
        found = self._runner.run(_gather(pages)) if self._runner else list(itertools.islice(pages, MANY))
        assert len(found) < MANY, "the list does not end"
        return found

    def stream(self, call, body, argument=None):
        endpoint, how = call.split(".")
        resource = self.client.responses if endpoint == "responses" else self.client.chat.completions
        seen = Told([])
        if endpoint == "images":
            def draw():
                files = {"image": [("image.png", base64.b64decode(image)) for image in body["image"]]} if how == "edit" else {}
                return getattr(self.client.images, how)(**{**body, **files}, stream=True)
            self._guard(seen, lambda: _drain(draw(), seen), lambda: _drain_async(draw(), seen))
        elif how == "replay":
            def begin():
                return resource.retrieve(argument, **(body or {}), stream=True)
            self._guard(seen, lambda: _drain(begin(), seen), lambda: _drain_async(begin(), seen))
        elif how == "rejoin":
            def join():
                return resource.stream(response_id=argument, **(body or {}))
            final = "get_final_response"
            self._guard(seen, lambda: _help(join(), seen, final), lambda: _help_async(join(), seen, final))
        elif how == "events":
            self._guard(seen, lambda: _drain(resource.create(**body, stream=True), seen), lambda: _drain_async(resource.create(**body, stream=True), seen))
        else:
            final = "get_final_response" if endpoint == "responses" else "get_final_completion"
            self._guard(seen, lambda: _help(resource.stream(**body), seen, final), lambda: _help_async(resource.stream(**body), seen, final))
        return seen

    def _guard(self, seen, sync, waiting):
        try:
            if self._runner:
                self._runner.run(waiting())
            else:
                sync()
        except (openai.OpenAIError, RuntimeError) as error:
            seen.error = Refused.of_python(error)


async def _gather(pages):
    found = []
    async for element in pages:
        found.append(element)
        if len(found) == MANY:
            break
    return found


async def _await(work):
    return await work


def _drain(stream, seen):
    with stream:
        for item in stream:
            seen.items.append(plain(item))


async def _drain_async(stream, seen):
    async with await stream as items:
        async for item in items:
            seen.items.append(plain(item))


def _help(manager, seen, final):
    with manager as stream:
        for item in stream:
            seen.items.append(plain(item))
        seen.final = plain(getattr(stream, final)())


async def _help_async(manager, seen, final):
    async with manager as stream:
        async for item in stream:
            seen.items.append(plain(item))
        seen.final = plain(await getattr(stream, final)())


class Speakers:
    """Makes each speaker once."""

    KINDS = ("python", "async", "node")

    def __init__(self):
        self._made, self._driver, self._runner = {}, None, None

    def get(self, kind, base_url, strict=True, key="test", retries=0):
        wanted = (kind, base_url, strict, key, retries)
        if wanted not in self._made:
            self._made[wanted] = self._make(*wanted)
        return self._made[wanted]

    def _make(self, kind, base_url, strict, key, retries):
        options = {"base_url": base_url, "api_key": key, "max_retries": retries, "timeout": 30, "_strict_response_validation": strict}
        if kind == "python":
            return PythonSpeaker(openai.OpenAI(**options))
        if kind == "async":
            self._runner = self._runner or asyncio.Runner()
            return PythonSpeaker(openai.AsyncOpenAI(**options), self._runner)
        self._driver = self._driver or node.Driver()
        return NodeSpeaker(self._driver, base_url, key, retries)

    def close(self):
        if self._driver:
            self._driver.close()
        if self._runner:
            self._runner.close()
