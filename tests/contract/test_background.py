"""background: true. A response that runs on without its client, and what clients do with it in the meantime."""
import json
import signal
import urllib.request

import openai
import pytest

from harness import backend, raw
from harness.upstream import Gate
from test_stored_responses import CALLS, PLAIN, as_sent, refused, until

MODEL = "gpt-5.6-luna"


def held(upstream):
    """A reply that stops in the middle of its words until the test opens the gate."""
    gate = Gate()
    message = backend.message(0, ["half ", "whole"])
    upstream.script(backend.reply(backend.created(), message[:3], [gate], message[3:], backend.completed()))
    return gate


def begin(speaker, **more):
    return speaker.response(MODEL, background=True, **more)["document"]


def ended(speaker, ident):
    document = speaker.retrieve(ident)
    return document if document["status"] not in ("queued", "in_progress") else None


def test_R31_lifecycle(speak, live_path_server, fake_upstream):
    speaker, gate = speak(live_path_server), held(fake_upstream)
    queued = begin(speaker, metadata={"k": "v"})
    assert (queued["status"], queued["background"], queued["output"], queued["metadata"]) == ("queued", True, [], {"k": "v"})
    until(lambda: speaker.retrieve(queued["id"])["status"] == "in_progress")
    gate.set()
    done = until(lambda: ended(speaker, queued["id"]))
    assert (done["status"], done["id"], done["created_at"]) == ("completed", queued["id"], queued["created_at"])
    assert done["output"][0]["content"][0]["text"] == "half whole" and done["usage"]["total_tokens"] == 14
    speaker.response(PLAIN, previous_response_id=queued["id"], input="and?")
    assert len(fake_upstream.posts()[-1].body["input"]) == 3


def test_R31_a_failure_is_told_to_those_who_ask(speak, live_path_server):
    speaker = speak(live_path_server)
    queued = speaker.response("f12-usage-limit-reached", background=True)["document"]
    failed = until(lambda: ended(speaker, queued["id"]))
    assert failed["status"] == "failed" and failed["error"]["code"] == "rate_limit_exceeded"


def test_R31_input_items_are_there_at_once(speak, live_path_server, fake_upstream):
    speaker, gate = speak(live_path_server), held(fake_upstream)
    ident = begin(speaker, input="question")["id"]
    items = speaker.call("responses.input_page", None, ident)["document"]
    assert [item["content"][0]["text"] for item in items] == ["question"]
    gate.set()
    until(lambda: ended(speaker, ident))


def test_R32_cancel_stops_the_backend(speak, live_path_server, fake_upstream):
    speaker, gate = speak(live_path_server), held(fake_upstream)
    ident = begin(speaker)["id"]
    until(lambda: speaker.retrieve(ident)["status"] == "in_progress" and fake_upstream.posts())
    cancelled = speaker.call("responses.cancel", None, ident)["document"]
    assert (cancelled["id"], cancelled["status"], cancelled["error"]) == (ident, "cancelled", None)
    assert fake_upstream.posts()[-1].connection_closed.wait(20), "the gate is shut, so the server left"
    assert as_sent(speaker.call("responses.cancel", None, ident)["document"]) == as_sent(cancelled)
    assert as_sent(speaker.retrieve(ident)) == as_sent(cancelled)
    assert not gate.is_set()


def test_R32_cancel_of_one_that_is_over_changes_nothing(speak, live_path_server):
    speaker = speak(live_path_server)
    ident = speaker.response(PLAIN, background=True)["document"]["id"]
    done = until(lambda: ended(speaker, ident))
    assert as_sent(speaker.call("responses.cancel", None, ident)["document"]) == as_sent(done)


def test_R33_cancel_of_a_foreground_response(speak, live_path_server):
    speaker = speak(live_path_server)
    ident = speaker.response(PLAIN)["document"]["id"]
    assert "synchronous" in refused(lambda: speaker.call("responses.cancel", None, ident), 400).message


def test_R34_background_must_be_stored(speak, live_path_server):
    assert refused(lambda: speak(live_path_server).response(PLAIN, background=True, store=False), 400).param == "background"
    assert live_path_server.upstream_requests() == []


def test_R36_delete_while_it_runs(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    held(fake_upstream)
    ident = begin(speaker)["id"]
    until(lambda: speaker.retrieve(ident)["status"] == "in_progress" and fake_upstream.posts())
    speaker.call("responses.delete", None, ident)
    assert fake_upstream.posts()[-1].connection_closed.wait(20)
    refused(lambda: speaker.retrieve(ident), 404)


def test_S24_a_stream_in_the_background_begins_as_queued(speak, live_path_server):
    speaker = speak(live_path_server)
    live = speaker.response_events(CALLS, background=True).items
    assert [item["type"] for item in live[:3]] == ["response.created", "response.queued", "response.in_progress"]
    assert [item["sequence_number"] for item in live] == list(range(len(live)))
    assert live[0]["response"]["status"] == "queued" and live[-1]["type"] == "response.completed"
    assert len({item["response"]["id"] for item in live if "response" in item}) == 1
    ident = live[0]["response"]["id"]
    assert speaker.stream("responses.replay", None, ident).items == live
    assert as_sent(speaker.retrieve(ident)) == live[-1]["response"]


def records(stream, count):
    """The data of the next `count` records of an open stream; fewer at its end."""
    found = []
    for line in stream:
        if line.startswith(b"data: "):
            found.append(json.loads(line[6:]))
            if len(found) == count:
                break
    return found


def test_S24_a_client_leaves_and_comes_back(speak, live_path_server, fake_upstream):
    speaker, gate = speak(live_path_server), held(fake_upstream)
    body = json.dumps({"model": MODEL, "input": "hi", "background": True, "stream": True}).encode()
    request = urllib.request.Request(f"{live_path_server.base_url}/responses", body, {"content-type": "application/json", "authorization": "Bearer test"})
    with urllib.request.urlopen(request, timeout=30) as stream:
        seen = records(stream, 6)
    assert seen[-1]["type"] == "response.output_text.delta"
    ident = seen[0]["response"]["id"]
    assert speaker.retrieve(ident)["status"] == "in_progress", "it runs on"
    again = f"{live_path_server.base_url}/responses/{ident}?stream=true&starting_after=2"
    with urllib.request.urlopen(urllib.request.Request(again, headers={"authorization": "Bearer test"}), timeout=30) as stream:
        assert records(stream, 3) == seen[3:], "what was said before the client came back"
        gate.set()
        rest = records(stream, 100)
    whole = speaker.stream("responses.replay", None, ident).items
    assert whole == seen + rest and whole[-1]["response"]["status"] == "completed"


def test_S24_readers_of_a_cancelled_response_are_told(speak, live_path_server, fake_upstream):
    speaker = speak(live_path_server)
    held(fake_upstream)
    ident = begin(speaker)["id"]
    again = f"{live_path_server.base_url}/responses/{ident}?stream=true"
    with urllib.request.urlopen(urllib.request.Request(again, headers={"authorization": "Bearer test"}), timeout=30) as stream:
        assert [item["type"] for item in records(stream, 2)] == ["response.created", "response.queued"]
        speaker.call("responses.cancel", None, ident)
        last = records(stream, 100)[-1]
    assert (last["type"], last["response"]["status"]) == ("response.failed", "cancelled")


@pytest.mark.parametrize("stream", [False, True], ids=["polled", "streamed"])
def test_R31_the_log_tells_what_the_client_got(serve, fake_upstream, login, stream):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--log-format", "json")
    client = openai.OpenAI(base_url=server.base_url, api_key="test", max_retries=0, timeout=30)
    made = client.responses.create(model="f01-plain-text", input="hi", background=True, stream=stream)
    for _ in made if stream else ():
        pass
    lines = until(lambda: [line for line in server.log().splitlines() if '"/v1/responses"' in line])
    assert json.loads(lines[0]).get("stream", False) is stream


@pytest.mark.parametrize("how", ["polled", "streamed"])
def test_R31_shutdown_ends_what_runs_in_the_background(serve, speakers, fake_upstream, login, how):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--drain-timeout", "1")
    held(fake_upstream)
    speaker = speakers.get("python", server.base_url)
    if how == "polled":
        begin(speaker)
    else:
        body = {"model": MODEL, "input": "hi", "background": True, "stream": True}
        request = urllib.request.Request(f"{server.base_url}/responses", json.dumps(body).encode(),
                                         {"content-type": "application/json", "authorization": "Bearer test"})
        with urllib.request.urlopen(request, timeout=30) as stream:
            records(stream, 6)
    until(lambda: raw.call(server, "GET", "/healthz").status == 200 and fake_upstream.posts())
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    assert fake_upstream.posts()[-1].connection_closed.wait(20)
