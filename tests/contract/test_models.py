"""GET /v1/models and /v1/models/{id}: the backend's catalogue, or the built-in list while it cannot be had."""
import openai
import pytest

from harness import raw
from harness.cases import BY_NAME, FIXTURES

LISTED = BY_NAME.get("f27-models", {}).get("models")


def test_M01_list(replay_calls):
    models = replay_calls().client.models.list()
    page = models if hasattr(models, "data") else replay_calls()._run(_first_page(models))
    assert [m.id for m in page.data] == LISTED
    assert all(m.object == "model" and m.owned_by and type(m.created) is int for m in page.data)


async def _first_page(pages):
    return await pages


def test_M01_list_document(replay_server):
    document = raw.call(replay_server, "GET", "/v1/models").json()
    assert document["object"] == "list" and all(type(m["created"]) is int for m in document["data"])


def test_M02_retrieve(replay_server, make_calls):
    client = make_calls(replay_server.base_url).client
    assert client.models.retrieve(LISTED[0]).id == LISTED[0]


@pytest.mark.parametrize("name", ["no-such-model", "ft:a/b c"])
def test_M02_T14_retrieve_unknown_names_the_decoded_id(replay_server, make_calls, name):
    with pytest.raises(openai.NotFoundError) as caught:
        make_calls(replay_server.base_url).client.models.retrieve(name)
    assert name in caught.value.message and caught.value.code == "model_not_found"


@pytest.mark.parametrize("cassette", ["f27c-missing-version", "f27d-unauthorized", "f27e-html", "f27f-refused"])
def test_built_in_list_when_upstream_fails(serve, make_calls, cassette):
    server = serve("--replay", FIXTURES / "catalogue" / (cassette + ".jsonl"))
    names = [m.id for m in make_calls(server.base_url).client.models.list().data]
    assert "gpt-5.6-luna" in names and len(set(names)) == len(names)


def test_an_empty_catalogue_is_no_error(serve, make_calls):
    server = serve("--replay", FIXTURES / "catalogue" / "f27b-empty.jsonl")
    make_calls(server.base_url).client.models.list()


def test_catalogue_is_asked_for_once(live_path_server):
    for _ in range(3):
        assert raw.call(live_path_server, "GET", "/v1/models").status == 200
    asked = [r for r in live_path_server.upstream.requests if r.path == "/models"]
    assert len(asked) <= 1  # none when an earlier test made the server ask
    assert all("client_version=" in r.target for r in asked)


def test_health(replay_server):
    answer = raw.call(replay_server, "GET", "/healthz", headers={"Authorization": ""})
    assert answer.status == 200 and answer.header("content-type").startswith("application/json")
