"""Endpoints that are not offered: the reason in OpenAI's error shape, with every client, and no call of the backend."""
import openai
import pytest

from harness import raw

FAMILIES = ["embeddings", "moderations", "audio/speech", "audio/translations", "images/variations", "files", "uploads", "batches", "fine_tuning/jobs",
            "vector_stores", "assistants", "threads", "evals", "containers", "realtime/client_secrets", "videos", "skills", "chatkit/sessions",
            "organization/projects", "live/sessions"]
CODE = "unsupported_endpoint"


def check(answer):
    assert answer.status == 404 and answer.header("content-type") == "application/json" and answer.header("x-request-id")
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", CODE, None)
    assert "ChatGPT plan" in error["message"] and error["message"].endswith(".")


@pytest.mark.parametrize("family", FAMILIES)
def test_M13_compat80_every_method_and_path_of_a_family(live_path_server, family):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in (f"/v1/{family}", f"/v1/{family}/abc/def?limit=3"):
            check(raw.call(live_path_server, method, path, {"model": "m"} if method in ("POST", "PUT", "PATCH") else None))
    assert live_path_server.upstream_requests() == []


def test_M13_a_large_upload_is_answered(live_path_server):
    """The client is still sending when it is refused; what it gets is the answer, not a broken connection."""
    check(raw.call(live_path_server, "POST", "/v1/files", b"x" * (8 << 20), {"Content-Type": "multipart/form-data; boundary=b"}))
    assert live_path_server.upstream_requests() == []


def calls_of(client):
    wav = ("a.wav", b"RIFF", "audio/wav")
    return {
        "embeddings": lambda: client.embeddings.create(model="text-embedding-3-small", input="x"),
        "moderations": lambda: client.moderations.create(input="x"),
        "speech": lambda: client.audio.speech.create(model="tts-1", voice="alloy", input="x"),
        "translations": lambda: client.audio.translations.create(model="whisper-1", file=wav),
        "variations": lambda: client.images.create_variation(image=b"x"),
        "files": lambda: client.files.create(file=wav, purpose="assistants"),
        "files list": lambda: client.files.list(),
        "batches": lambda: client.batches.list(),
        "fine-tuning": lambda: client.fine_tuning.jobs.list(),
        "vector stores": lambda: client.vector_stores.list(),
        "evals": lambda: client.evals.list(),
        "containers": lambda: client.containers.list(),
        "videos": lambda: client.videos.list(),
        "models.delete": lambda: client.models.delete("gpt-5.5"),
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_M03_M08_M13_compat80_python(live_path_server):
    """With retries on: nothing of this is worth one."""
    client = openai.OpenAI(base_url=live_path_server.base_url, api_key="test", max_retries=2)
    for name, call in calls_of(client).items():
        with pytest.raises(openai.NotFoundError) as caught:
            call()
        assert caught.value.code == CODE and "ChatGPT plan" in str(caught.value), name
        assert caught.value.response.request.headers["x-stainless-retry-count"] == "0", name
    assert live_path_server.upstream_requests() == []


def test_M03_M08_M13_compat80_node(live_path_server):
    from harness import node

    refused = node.run("unsupported.mjs", live_path_server.base_url)
    assert set(refused) == {"embeddings", "moderations", "speech", "translations", "variations", "files", "models.delete"}
    for name, seen in refused.items():
        error = seen["outcome"]["error"]
        assert (error["status"], error["code"], error["classes"][0]) == (404, CODE, "NotFoundError"), (name, seen)
        assert "ChatGPT plan" in error["message"] and seen["requests"] == 1, (name, seen)
    assert live_path_server.upstream_requests() == []
