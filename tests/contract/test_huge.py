"""F20: one event of 8 MiB, one of 40 MiB, 200 000 deltas. Read without an SDK: the point is the server."""
import subprocess
import sys

import pytest

from harness import raw
from harness.cases import FIXTURES
from harness.laws import chat_chunks, response_events


@pytest.fixture(scope="module")
def huge_server(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("huge")
    subprocess.run([sys.executable, str(FIXTURES / "generate.py"), "--huge", str(folder)], check=True)
    return serve("--replay", folder)


@pytest.mark.parametrize("name,length", [("f20a-8mib-delta", 8 * 1024 * 1024), ("f20c-200k-deltas", 200_000)])
def test_T08_huge_text(huge_server, name, length):
    events = response_events(raw.responses(huge_server, name, True).body)
    assert sum(len(e["delta"]) for e in events if e["type"] == "response.output_text.delta") == length
    assert len(events[-1]["response"]["output"][0]["content"][0]["text"]) == length
    plain = raw.responses(huge_server, name, False).json()
    assert len(plain["output"][0]["content"][0]["text"]) == length
    chunks = chat_chunks(raw.chat(huge_server, name, True).body)
    assert sum(len(c["choices"][0]["delta"].get("content") or "") for c in chunks) == length


def test_T08_huge_image(huge_server):
    reply = raw.responses(huge_server, "f20b-40mib-image", False).json()
    assert [len(i["result"]) for i in reply["output"]] == [40 * 1024 * 1024]
