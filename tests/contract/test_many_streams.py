"""Fifty streams at a time, each with a marker of its own: none crosses over, all end, and they get on side by side."""
import asyncio
import secrets
import threading
import time

import openai
import pytest

from harness import backend
from harness.upstream import Gate

STREAMS, ROUNDS = 50, 30
PACE = 0.02          # seconds from one round to the next where the backend does not wait for the clients
LEAST_RATIO = 0.25   # of the slowest stream's progress to the fastest's when that one is half through


class Round(Gate):
    look_every = 0.1


class Race:
    """The backend's side tells every stream its marker once a round; each client notes how far it is."""

    def __init__(self):
        self.markers = [f"m{number}x{secrets.token_hex(6)}" for number in range(STREAMS)]
        self.gates = [Round() for _ in range(ROUNDS)]
        self.progress = [0] * STREAMS
        self.texts = [""] * STREAMS
        self.ends, self.failures = [None] * STREAMS, []
        self.at_half = None
        self._moved = threading.Condition()

    def answer(self, recorded):
        """Upstream: the marker is read out of the request, so a request that was mixed up shows as well."""
        marker = recorded.body["input"][0]["content"][0]["text"]
        pieces = [f"{marker}#{number};" for number in range(ROUNDS)]
        text = backend.message(0, pieces, ident=f"msg_{marker}")
        paced = [part for gate, piece in zip(self.gates, text[2:2 + ROUNDS]) for part in (gate, piece)]
        frames = [chunk.replace(backend.IDENT.encode(), f"resp_{marker}".encode()) for chunk in backend.created()]
        ending = [chunk.replace(backend.IDENT.encode(), f"resp_{marker}".encode()) for chunk in backend.completed()]
        return backend.reply(frames, text[:2], paced, text[2 + ROUNDS:], ending)

    def heard(self, number, delta):
        with self._moved:
            self.texts[number] += delta
            self.progress[number] += 1
            if self.at_half is None and self.progress[number] >= ROUNDS // 2:
                self.at_half = list(self.progress)
            self._moved.notify_all()

    def run_acknowledged(self):
        """A round begins when every client has had the one before: a stream that is held back holds up all, and is found."""
        for number, gate in enumerate(self.gates):
            gate.set()
            with self._moved:
                if not self._moved.wait_for(lambda: min(self.progress) > number or self.failures, timeout=15):
                    self.failures.append(f"round {number}: streams {[n for n, p in enumerate(self.progress) if p <= number]} are held back")
                if self.failures:
                    break
        for gate in self.gates:
            gate.set()

    def run_paced(self):
        for gate in self.gates:
            gate.set()
            time.sleep(PACE)

    def check(self, connections):
        assert self.failures == []
        for marker, text, end in zip(self.markers, self.texts, self.ends):
            assert text == "".join(f"{marker}#{number};" for number in range(ROUNDS)), "a stream is not whole, or has another's text"
            assert end in (f"resp_{marker}", "stop"), end
        assert connections == STREAMS
        assert min(self.at_half) >= 1, f"when the first stream was half through, {self.at_half.count(0)} had not begun"
        assert min(self.at_half) >= LEAST_RATIO * max(self.at_half), f"progress when the first stream was half through: {sorted(self.at_half)}"


def note_response(race, number, event):
    if event.type == "response.output_text.delta":
        race.heard(number, event.delta)
    elif event.type == "response.completed":
        race.ends[number] = event.response.id


def note_chunk(race, number, chunk):
    for choice in chunk.choices:
        if choice.delta.content:
            race.heard(number, choice.delta.content)
        race.ends[number] = choice.finish_reason or race.ends[number]


def question(race, number):
    """(responses or chat, members): every second stream is a chat."""
    marker = race.markers[number]
    return {"model": "m", "stream": True, **({"messages": [{"role": "user", "content": marker}]} if number % 2 else {"input": marker})}


def start_threads(race, base_url):
    def one(number):
        try:
            resource, note = (client.chat.completions, note_chunk) if number % 2 else (client.responses, note_response)
            with resource.create(**question(race, number)) as stream:
                for item in stream:
                    note(race, number, item)
        except Exception as error:  # noqa: BLE001  (told to the main thread)
            race.failures.append(f"stream {number}: {error!r}")

    client = openai.OpenAI(base_url=base_url, api_key="k", max_retries=0, timeout=60)
    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(STREAMS)]
    for thread in threads:
        thread.start()
    return threads


def start_async(race, base_url):
    async def one(client, number):
        resource, note = (client.chat.completions, note_chunk) if number % 2 else (client.responses, note_response)
        async with await resource.create(**question(race, number)) as stream:
            async for item in stream:
                note(race, number, item)

    async def run():
        async with openai.AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0, timeout=60) as client:
            for result in await asyncio.gather(*(one(client, number) for number in range(STREAMS)), return_exceptions=True):
                if result is not None:
                    race.failures.append(repr(result))

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    return [thread]


@pytest.fixture(scope="module")
def ready_sdk(replay_server, make_calls):
    """openai-python builds its types at their first use, and takes half a minute for it when fifty threads begin at once."""
    calls = make_calls(replay_server.base_url)
    calls.response_events("f01-plain-text")
    calls.chat_chunks("f01-plain-text")


@pytest.fixture(scope="module", params=[0, 64], ids=["no_limit", "limit_64"])
def wide_server(request, serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--max-concurrent-requests", request.param, canaries=login.secrets)


@pytest.mark.parametrize("pace", [Race.run_acknowledged, Race.run_paced], ids=["acknowledged", "paced"])
@pytest.mark.parametrize("start", [start_threads, start_async], ids=["threads", "async"])
def test_compat11_T20_fifty_streams_keep_apart(ready_sdk, wide_server, fake_upstream, start, pace):
    race = Race()
    fake_upstream.answer_with(race.answer)
    clients = start(race, wide_server.base_url)
    until = time.monotonic() + 30
    while len(fake_upstream.posts()) < STREAMS and time.monotonic() < until:  # all are under way before the first word is said
        time.sleep(0.005)
    pace(race)
    for client in clients:
        client.join(60)
        assert not client.is_alive(), f"a client still waits: {race.progress}"
    race.check(len(fake_upstream.posts()))
