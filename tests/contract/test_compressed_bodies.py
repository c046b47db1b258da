"""Request bodies with a Content-Encoding: the Codex CLI's zstd, and gzip and deflate."""
import json

import pytest

from harness import packing, raw
from harness.cases import CASSETTES

LIMIT = 100_000


@pytest.fixture(scope="module")
def tight(serve):
    """A server that takes bodies up to LIMIT."""
    return serve("--replay", CASSETTES, "--max-body-bytes", LIMIT, "--api-key", "right")


def post(server, coding, body, key="test"):
    headers = {"Content-Type": "application/json", "Content-Encoding": coding, "Authorization": "Bearer " + key}
    return raw.call(server, "POST", "/v1/responses", body, headers)


def request(size=0):
    return json.dumps({"model": "f01-plain-text", "input": "zażółć 🦊" + " " * size}, ensure_ascii=False).encode()


@pytest.mark.parametrize("coding", [*packing.EVERY_WAY, "ZSTD"])
def test_compat109_a_compressed_request_is_a_request(live_path_server, coding):
    answer = post(live_path_server, coding, packing.EVERY_WAY[coding.lower()](request()))
    assert answer.status == 200 and answer.json()["status"] == "completed"
    sent, = live_path_server.upstream_requests()
    assert "zażółć 🦊" in json.dumps(sent.body, ensure_ascii=False) and sent.header("content-encoding") is None


def test_compat109_deflate_without_its_frame(live_path_server):
    assert post(live_path_server, "deflate", packing.bare_deflate(request())).status == 200


def test_compat109_a_large_body(live_path_server):
    """More than one step of the decoder."""
    assert post(live_path_server, "zstd", packing.zstd(request(3_000_000))).status == 200


@pytest.mark.parametrize("coding", packing.EVERY_WAY)
def test_compat109_a_bomb_is_a_413(tight, coding):
    packed = packing.EVERY_WAY[coding](request(5_000_000))
    assert len(packed) < LIMIT / 5
    answer = post(tight, coding, packed, key="right")
    assert answer.status == 413 and "when decompressed" in answer.json()["error"]["message"]
    assert post(tight, coding, packing.EVERY_WAY[coding](request(LIMIT - 100)), key="right").status == 200


@pytest.mark.parametrize("coding", packing.EVERY_WAY)
def test_compat109_a_broken_body_is_a_400(tight, coding):
    whole = packing.EVERY_WAY[coding](request(200))
    for broken in (whole[:-1], whole + b"x", request(), whole[:2]):
        answer = post(tight, coding, broken, key="right")
        assert answer.status == 400 and "not valid" in answer.json()["error"]["message"]


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, gzip", "zstd, gzip"])
def test_compat109_an_unknown_coding_is_a_415(tight, coding):
    answer = post(tight, coding, b"whatever", key="right")
    assert answer.status == 415 and answer.json()["error"]["code"] == "unsupported_content_encoding"
    assert "zstd" in answer.json()["error"]["message"]


def test_compat109_the_key_comes_first(tight):
    assert post(tight, "zstd", b"no zstd", key="wrong").status == 401
    assert post(tight, "br", b"whatever", key="wrong").status == 401
