"""Every JSON body and every SSE record that a client of the tests receives is held against the schema, without a test asking for it.

Where it looks:
  * every httpx transport of this process, so every openai-python client, synchronous or not, raw, streamed or with a helper: `install()`
  * `raw.call`, and `check_error` of the abuse tests, which hand over what they read
  * openai-node: node/client.mjs wraps fetch and writes what it saw to a file, which `read_node` reads back

What it cannot see, and why:
  * the README's programs: processes of their own, which must run unchanged
  * the rest of a reply that a test leaves in its midst (test_disconnect): only whole records of what was read are checked
  * successes on the raw sockets of the abuse tests: their point is the framing, and the same calls are seen elsewhere

A violation fails the test that saw it; the session closes with the counts."""
import json
import re
import threading
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import httpx2

from . import canary, schema

# (method, path, definition of a JSON body, check of a stream's record). A * stands for anything, slashes too; the first row that fits counts.
ROUTES = [
    ("POST", "/v1/responses", "response", schema.event_violations),
    ("POST", "/v1/responses/input_tokens", "response_input_tokens", None),
    ("POST", "/v1/responses/*/cancel", "response", None),
    ("GET", "/v1/responses/*/input_items", "response_input_list", None),
    ("GET", "/v1/responses/*", "response", schema.event_violations),
    ("DELETE", "/v1/responses/*", "response_deleted", None),
    ("POST", "/v1/chat/completions", "chat_completion", schema.chunk_violations),
    ("GET", "/v1/chat/completions", "stored_chat_list", None),
    ("GET", "/v1/chat/completions/*/messages", "stored_message_list", None),
    ("GET", "/v1/chat/completions/*", "stored_chat", None),
    ("POST", "/v1/chat/completions/*", "stored_chat", None),
    ("DELETE", "/v1/chat/completions/*", "stored_chat_deleted", None),
    ("POST", "/v1/responses/compact", "compaction", None),
    ("POST", "/v1/completions", "text_completion", schema.text_chunk_violations),
    ("POST", "/v1/images/generations", "images_response", schema.image_violations),
    ("POST", "/v1/images/edits", "images_response", schema.image_violations),
    ("POST", "/v1/audio/transcriptions", "transcription", None),
    ("POST", "/v1/conversations/*/items", "conversation_item_list", None),
    ("GET", "/v1/conversations/*/items", "conversation_item_list", None),
    ("GET", "/v1/conversations/*/items/*", "conversation_item", None),
    ("DELETE", "/v1/conversations/*/items/*", "conversation", None),
    ("DELETE", "/v1/conversations/*", "conversation_deleted", None),
    ("GET", "/v1/conversations/*", "conversation", None),
    ("POST", "/v1/conversations*", "conversation", None),
    ("GET", "/v1/models", "model_list", None),
    ("GET", "/v1/models[?]client_version", "codex_models", None),
    ("GET", "/v1/models/*", "model", None),
]
PREFIX = "/v1"  # outside of it stand documents of our own, such as /healthz


class Counts:
    def __init__(self):
        self.bodies = self.events = self.failures = 0


counts = Counts()
_found = []
_lock = threading.Lock()


def take():
    """The violations since the last call, each with where it was seen."""
    with _lock:
        taken, _found[:] = list(_found), []
    return taken


def _tell(where, bodies, events, sentences):
    with _lock:
        counts.bodies += bodies
        counts.events += events
        counts.failures += len(sentences)
        _found.extend(f"{where}: {sentence}" for sentence in sentences)


def _route(method, path):
    for wanted, pattern, body, record in ROUTES:
        if method == wanted and fnmatchcase(path, pattern):
            return body, record
    return None, None


def _documented(url):
    """The path under its documented name, whichever of the Codex CLI's it was called by; with the one query that decides what is answered."""
    path = re.sub("^/backend-api/codex/|^/(?=responses|models|chat/)", "/v1/", url.path)
    return path + ("?client_version" if path == "/v1/models" and "client_version=" in url.query else "")


def saw(method, target, status, content_type, body, whole=True):
    """One reply as it came. `whole` is False when the client left before its end."""
    path, kind = _documented(urlsplit(target)), (content_type or "").partition(";")[0].strip().lower()
    where = f"{method} {path} {status}"
    canary.saw_reply(where, body)
    if kind == "text/event-stream":
        _tell(where, 0, *_stream(method, path, body, whole))
    elif kind.endswith("json") and body and whole:
        _tell(where, 1, 0, _body(method, path, status, body))


def _body(method, path, status, body):
    if status >= 400:
        return schema.text_violations("error_document", body)
    name, _ = _route(method, path)
    if name is None:
        return [f"there is no schema for {method} {path}"] if path.startswith(PREFIX) else []
    return schema.text_violations(name, body)


def _stream(method, path, body, whole):
    _, check = _route(method, path)
    if check is None:
        return 0, [f"there is no schema for the stream of {method} {path}"]
    count, sentences = 0, []
    blocks = body.split(b"\n\n")
    for block in blocks if whole else blocks[:-1]:
        data = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
        if not data or data == [b"[DONE]"]:
            continue
        count += 1
        sentences += check(b"\n".join(data))
    return count, sentences


class _Tee:
    """The body of an httpx reply, noted while the client reads it."""

    def __init__(self, stream, request, status, headers):
        self._stream, self._request, self._status, self._headers = stream, request, status, headers
        self._read, self._whole, self._told = [], False, False

    def _tell(self):
        if not self._told:
            self._told = True
            saw(self._request.method, str(self._request.url), self._status, self._headers.get("content-type"), b"".join(self._read), self._whole)


class _SyncTee(_Tee, httpx2.SyncByteStream):
    def __iter__(self):
        for piece in self._stream:
            self._read.append(piece)
            yield piece
        self._whole = True
        self._tell()

    def close(self):
        self._stream.close()
        self._tell()


class _AsyncTee(_Tee, httpx2.AsyncByteStream):
    async def __aiter__(self):
        async for piece in self._stream:
            self._read.append(piece)
            yield piece
        self._whole = True
        self._tell()

    async def aclose(self):
        await self._stream.aclose()
        self._tell()


def install():
    """From here on every httpx transport tells what it receives."""
    plain, waiting = httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request

    def handle_request(self, request):
        reply = plain(self, request)
        reply.stream = _SyncTee(reply.stream, request, reply.status_code, reply.headers)
        return reply

    async def handle_async_request(self, request):
        reply = await waiting(self, request)
        reply.stream = _AsyncTee(reply.stream, request, reply.status_code, reply.headers)
        return reply

    httpx2.HTTPTransport.handle_request = handle_request
    httpx2.AsyncHTTPTransport.handle_async_request = handle_async_request


def read_node(path):
    """What client.mjs noted: one JSON document a line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        seen = json.loads(line)
        saw(seen["method"], seen["url"], seen["status"], seen["type"], seen["body"].encode(), seen["whole"])


def summary():
    return f"schema: {counts.bodies} bodies, {counts.events} events checked, {counts.failures} violations"
