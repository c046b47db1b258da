"""What a Codex CLI asks of its backend: the catalogue in its own shape, its names for the endpoints, usage, account and the WebSocket probe."""
import json

import openai
import pytest

from harness import raw
from harness.backend import completed, created, message, reply
from harness.cases import BY_NAME, CASSETTES, FIXTURES, cassette
from harness.upstream import Reply
from test_catalogue_requests import USER

CATALOGUE = "/v1/models?client_version=0.169.0"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


@pytest.fixture(scope="module")
def codex_server(serve, session_upstream, login):
    """The way of a real call, with the Codex CLI's paths."""
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--codex-routes", "--api-key", "right", canaries=login.secrets)


def call(server, method, path, body=None, headers=None):
    return raw.call(server, method, path, body, {"Authorization": "Bearer right", **(headers or {})})


def test_compat110_the_catalogue_is_the_backends_own(replay_server):
    head, frames, _ = cassette(CASSETTES / "f27-models.jsonl")
    answer = raw.call(replay_server, "GET", CATALOGUE)
    assert answer.status == 200 and answer.body == b"".join(frames)
    assert answer.header("etag") == dict(head["headers"])["etag"]
    assert [m["slug"] for m in answer.json()["models"]][:8] == BY_NAME["f27-models"]["models"]
    assert raw.call(replay_server, "GET", "/v1/models").json()["object"] == "list"


def test_compat110_a_client_that_has_it_gets_a_304(replay_server):
    tag = raw.call(replay_server, "GET", CATALOGUE).header("etag")
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        answer = raw.call(replay_server, "GET", CATALOGUE, headers={"If-None-Match": known})
        assert answer.status == 304 and answer.body == b"" and answer.header("etag") == tag
    assert raw.call(replay_server, "GET", CATALOGUE, headers={"If-None-Match": '"other"'}).status == 200


def test_compat110_the_built_in_list_has_the_same_shape(serve):
    server = serve("--replay", FIXTURES / "catalogue" / "f27f-refused.jsonl")
    answer = raw.call(server, "GET", CATALOGUE)
    assert "gpt-5.6-luna" in [m["slug"] for m in answer.json()["models"]]
    assert raw.call(server, "GET", CATALOGUE, headers={"If-None-Match": answer.header("etag")}).status == 304


def test_compat102_usage_is_what_the_backend_said_last(serve, fake_upstream, login):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--codex-routes", canaries=login.secrets)
    usage = raw.call(server, "GET", "/backend-api/wham/usage")
    assert usage.json()["plan_type"] == "plus", "the login says so"
    assert usage.json()["rate_limit"] == {"allowed": True, "limit_reached": False, "primary_window": None, "secondary_window": None}
    said = [["x-codex-primary-used-percent", "41.6"], ["x-codex-primary-window-minutes", "300"], ["x-codex-primary-reset-at", "4000000000"],
            ["x-codex-secondary-used-percent", "7"], ["x-codex-secondary-window-minutes", "10080"], ["x-codex-plan-type", "pro"]]
    fake_upstream.script(reply(created(), message(0, ["hi"]), completed(), headers=said))
    raw.responses(server, "m", False)
    for path in ("/backend-api/wham/usage", "/api/codex/usage"):
        usage = raw.call(server, "GET", path).json()
        assert usage["plan_type"] == "pro"
        primary = usage["rate_limit"]["primary_window"]
        assert primary["used_percent"] == 42 and primary["limit_window_seconds"] == 18000 and primary["reset_at"] == 4000000000
        assert usage["rate_limit"]["secondary_window"]["limit_window_seconds"] == 604800
    assert not [r for r in fake_upstream.requests if "usage" in r.target], "nobody asked the backend"


@pytest.mark.parametrize("call_of", ["images.generate", "responses.compact"])
def test_compat102_every_reply_tells_of_the_plan(serve, fake_upstream, login, call_of):
    server = serve("--backend-base-url", fake_upstream.base_url, "--auth-json", login.path, "--codex-routes", canaries=login.secrets)
    said = [["content-type", "application/json"], ["x-codex-primary-used-percent", "12"]]
    document = {"output": [], "created": 1, "data": [{"b64_json": "eA=="}]}
    fake_upstream.answer_with(lambda _: Reply([json.dumps(document).encode()], headers=said))
    client = openai.OpenAI(base_url=server.base_url, api_key="test", max_retries=0, timeout=30)
    if call_of == "images.generate":
        client.images.generate(prompt="a cat")
    else:
        client.responses.compact(model="m", input="hi")
    assert raw.call(server, "GET", "/backend-api/wham/usage").json()["rate_limit"]["primary_window"]["used_percent"] == 12


@pytest.mark.parametrize("prefix", ["", "/backend-api/codex", "/v1"])
def test_codex_names_of_the_endpoints(codex_server, fake_upstream, prefix):
    assert call(codex_server, "POST", prefix + "/responses", {"model": "f01-plain-text", "input": "hi"}).json()["object"] == "response"
    assert call(codex_server, "GET", prefix + "/models").json()["object"] == "list"
    assert "models" in call(codex_server, "GET", prefix + "/models?client_version=0.169.0").json()
    assert call(codex_server, "GET", prefix + "/models/gpt-5.5").json()["id"] == "gpt-5.5"
    chat = call(codex_server, "POST", prefix + "/chat/completions", {"model": "f01-plain-text", "messages": [{"role": "user", "content": "hi"}]})
    assert chat.json()["object"] == "chat.completion"


def test_codex_account_is_the_clients_own(codex_server):
    answer = call(codex_server, "GET", "/backend-api/wham/accounts/check", headers={"ChatGPT-Account-ID": "acc-7"}).json()
    assert [a["id"] for a in answer["accounts"]] == answer["account_ordering"] == ["acc-7"] and answer["default_account_id"] == "acc-7"


@pytest.mark.parametrize("path", ["/backend-api/wham/tasks", "/backend-api/ps/mcp", "/backend-api/codex/../wham/usage", "/backend-api/codex/%2e%2e/wham/usage",
                                  "/backend-api%2fwham/usage", "/backend-api/codex", "/wham/usage"])
def test_codex_nothing_else_of_the_backend_is_there(codex_server, fake_upstream, path):
    assert call(codex_server, "GET", path).status == 404
    assert not fake_upstream.requests


@pytest.mark.parametrize("path", ["/responses", "/models", "/backend-api/codex/models", "/backend-api/wham/usage", "/api/codex/usage",
                                  "/backend-api/wham/accounts/check"])
def test_codex_paths_need_the_option_and_the_key(live_path_server, codex_server, path):
    assert raw.call(live_path_server, "GET", path).status == 404
    assert raw.call(codex_server, "GET", path, headers={"Authorization": "Bearer wrong"}).status == 401


@pytest.mark.parametrize("path", ["/v1/responses", "/responses", "/backend-api/codex/responses"])
def test_compat111_a_websocket_probe_is_a_426(codex_server, path):
    answer = call(codex_server, "GET", path, headers=UPGRADE)
    assert answer.status == 426 and answer.header("upgrade") == "HTTP/1.1"
    assert answer.json()["error"]["code"] == "websocket_not_supported" and "POST" in answer.json()["error"]["message"]
    assert call(codex_server, "GET", path).status == 405


def test_compat111_the_probe_needs_no_option_below_v1(live_path_server):
    assert raw.call(live_path_server, "GET", "/v1/responses", headers=UPGRADE).status == 426
    assert raw.call(live_path_server, "GET", "/v1/models", headers=UPGRADE).status == 200


NATIVE_TOOLS = [{"type": "namespace", "name": "functions", "description": "", "tools": [{"type": "function", "name": "f", "parameters": {}, "strict": False}]},
                {"type": "tool_search", "execution": "client", "description": "finds tools", "parameters": {"type": "object", "properties": {}}},
                {"type": "custom", "name": "apply_patch", "description": "d", "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}},
                {"type": "web_search", "external_web_access": True, "search_content_types": ["text", "image"]}]
NATIVE_ITEMS = [{"type": "tool_search_call", "call_id": "s1", "execution": "client", "status": "completed", "arguments": {"query": "files", "limit": 8}},
                {"type": "tool_search_output", "call_id": "s1", "execution": "client", "status": "completed", "tools": [NATIVE_TOOLS[0]]},
                {"type": "custom_tool_call", "call_id": "c1", "name": "apply_patch", "input": "*** Begin Patch\n*** End Patch\n"},
                {"type": "custom_tool_call_output", "call_id": "c1", "output": "Done"},
                {"type": "function_call", "call_id": "f1", "name": "f", "namespace": "functions", "arguments": "{\"a\": 1.0}"},
                {"type": "function_call_output", "call_id": "f1", "output": [{"type": "input_text", "text": "seen"}, {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "auto"}]}]


def test_compat112_native_items_and_tools_go_through_untouched(live_path_server):
    body = {"model": "f01-plain-text", "stream": True, "store": False, "input": [USER, *NATIVE_ITEMS, USER], "tools": NATIVE_TOOLS, "tool_choice": "auto",
            "parallel_tool_calls": True}
    assert raw.call(live_path_server, "POST", "/v1/responses", body, {"originator": "codex_exec"}).status == 200
    sent = live_path_server.upstream_requests()[-1].body
    assert sent["tools"] == NATIVE_TOOLS
    assert sent["input"][1:-1] == NATIVE_ITEMS


def test_compat114_the_events_that_the_cli_needs(live_path_server):
    answer = raw.responses(live_path_server, "f03-tool-call", True)
    events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    kinds = [e["type"] for e in events]
    assert kinds[0] == "response.created" and events[0]["response"]["id"] and kinds[-1] == "response.completed"
    assert kinds.index("response.output_item.added") < kinds.index("response.function_call_arguments.delta") < kinds.index("response.output_item.done")
    last = events[-1]["response"]
    assert last["id"] == events[0]["response"]["id"] and last["usage"]["total_tokens"]
    assert "cached_tokens" in last["usage"]["input_tokens_details"] and "reasoning_tokens" in last["usage"]["output_tokens_details"]


def test_codex_headers_that_the_cli_looks_for(live_path_server, fake_upstream):
    said = [["x-models-etag", 'W/"fixture-1"'], ["x-reasoning-included", "true"], ["x-codex-primary-used-percent", "5"], ["x-codex-turn-state", "secret-route"]]
    fake_upstream.script(reply(created(), completed(), headers=said))
    answer = raw.responses(live_path_server, "m", True)
    assert [answer.header(name) for name, _ in said] == ['W/"fixture-1"', "true", "5", None]


IMAGE_TOOL = {"type": "image_generation", "partial_images": 1, "output_format": "png"}


def test_compat78_the_image_tool_and_its_partial_images(speak, live_path_server):
    events = speak(live_path_server).response_events("f07-image", tools=[IMAGE_TOOL]).items
    assert live_path_server.upstream_requests()[-1].body["tools"] == [IMAGE_TOOL]
    partial, = [e for e in events if e["type"] == "response.image_generation_call.partial_image"]
    assert partial["partial_image_b64"] and partial["partial_image_index"] == 0
    item, = [i for i in events[-1]["response"]["output"] if i["type"] == "image_generation_call"]
    assert item["status"] == "completed" and item["result"]
