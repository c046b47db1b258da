"""Other people's clients against the real program: build/release/ocx, or the one that OCX_BINARY names. tools/test --only clients.

demo_server        plays the demo's recordings at once
live_server        the way of a real call: a login file, HTTP to `upstream`, which checks every request

They use what the contract tests have in tests/contract/harness.
"""
import os
import socket
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "contract"))

from harness.login import Login  # noqa: E402
from harness.process import servers  # noqa: E402
from harness.upstream import Upstream  # noqa: E402

# Before a client is imported: no prices from the network, no telemetry, nobody's traces; what would still go out of this machine meets a
# closed port.
OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "1", "LANGSMITH_TRACING": "false", "NODE_USE_ENV_PROXY": "1",
           "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
           **{name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}}
os.environ.update(OFFLINE)


@pytest.fixture(scope="session", autouse=True)
def only_this_machine():
    """A client of this process that connects to anything but loopback fails its test."""
    real = socket.socket.connect

    def connect(self, address):
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1"), f"a client wanted to connect to {address}"
        return real(self, address)

    socket.socket.connect = connect
    yield
    socket.socket.connect = real


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    with servers(lambda: tmp_path_factory.mktemp("ocx")) as start:
        yield start


@pytest.fixture(scope="session")
def demo_server(serve):
    return serve("--demo", "--replay-pace", "immediate")


@pytest.fixture(scope="session")
def login(tmp_path_factory):
    return Login(tmp_path_factory.mktemp("login") / "auth.json")


@pytest.fixture(scope="session")
def upstream(login):
    upstream = Upstream(login)
    yield upstream
    upstream.stop()


@pytest.fixture(scope="session")
def live_server(serve, upstream, login):
    return serve("--backend-base-url", upstream.base_url, "--auth-json", login.path, canaries=login.secrets)
