"""Fixtures of the contract tests. They drive the real program: build/release/ocx, or the one that OCX_BINARY names.

replay_server      plays fixtures/cassettes
sliced_server      the same, each read cut into single bytes
live_path_server   the way of a real call: a login file, HTTP to `fake_upstream`
server             the same under the name and with the members that the HTTP abuse tests use
"""
import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

pytest.register_assert_rewrite("harness.expect", "harness.laws", "harness.speakers", "harness.ask")

from harness import canary, golden, tap  # noqa: E402
from harness.ask import Ask  # noqa: E402
from harness.cases import CASSETTES  # noqa: E402
from harness.clients import AsyncCalls, SyncCalls  # noqa: E402
from harness.commands import Home  # noqa: E402
from harness.issuer import Issuer  # noqa: E402
from harness.login import Login  # noqa: E402
from harness.login_command import Command  # noqa: E402
from harness.process import BINARY, servers  # noqa: E402
from harness.speakers import Speakers  # noqa: E402
from harness.upstream import Upstream  # noqa: E402


tap.install()


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the files in golden/ anew instead of comparing with them")


def pytest_configure(config):
    config.addinivalue_line("markers", "program_free: needs no program to be built")
    golden.update = config.getoption("--update-golden")


def pytest_collection_modifyitems(config, items):
    if not BINARY.exists() and any(item.get_closest_marker("program_free") is None for item in items):
        raise pytest.UsageError(f"{BINARY} is missing: build it first (tools/test does), or name another with OCX_BINARY")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """What a test received keeps to the schema, whatever else the test looks at; fixtures that it set up count as its own."""
    try:
        result = yield
    finally:
        broken = tap.take()
    if broken:
        pytest.fail(f"{len(broken)} violations of the schema, among them\n" + "\n".join(broken[:5]), pytrace=False)
    return result


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(tap.summary())
    terminalreporter.write_line(canary.summary())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Puts the log of every server that the test used under its failure."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            log = getattr(value, "log", None)
            if callable(log):
                report.sections.append((f"log of {name}", log()[-6000:]))
    return report


@pytest.fixture(scope="session", autouse=True)
def no_token_is_left_behind(tmp_path_factory):
    """Ends after every server did, whose logs it reads."""
    yield
    canary.search(tmp_path_factory.getbasetemp())
    assert not canary.hits(), "a token stands in " + ", ".join(canary.hits())


@pytest.fixture(scope="session")
def serve(tmp_path_factory, no_token_is_left_behind):
    """Starts servers and stops them at the end of the session, checking how they ended."""
    with servers(lambda: tmp_path_factory.mktemp("ocx")) as start:
        yield start


@pytest.fixture(scope="session")
def replay_server(serve):
    return serve("--replay", CASSETTES)


@pytest.fixture(scope="session")
def sliced_server(serve):
    return serve("--replay", CASSETTES, "--replay-slice", "1")


@pytest.fixture(scope="session")
def demo_server(serve):
    return serve("--demo")


@pytest.fixture(scope="session")
def login(tmp_path_factory):
    return Login(tmp_path_factory.mktemp("login") / "auth.json")


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A private CA and a certificate for localhost, made by the openssl command."""
    folder = tmp_path_factory.mktemp("ca")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA")
    openssl("req", *key, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "host.pem", "-days", "2", "-extfile", "names")
    return folder


@pytest.fixture(scope="session")
def session_upstream(login):
    upstream = Upstream(login)
    yield upstream
    upstream.stop()


@pytest.fixture
def fake_upstream(session_upstream):
    """The backend's stand-in, with nothing scripted; afterwards every request it got must have kept the rules."""
    session_upstream.forget()
    session_upstream.take_problems()
    yield session_upstream
    problems = session_upstream.take_problems()
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def live_process(serve, session_upstream, login):
    return serve("--backend-base-url", session_upstream.base_url, "--auth-json", login.path, "--verbose", canaries=login.secrets)


@pytest.fixture
def issuer():
    """The login server's stand-in."""
    made = Issuer()
    yield made
    made.stop()


@pytest.fixture
def home(tmp_path):
    """A fake home with a login, for commands as a user types them."""
    made = Home(tmp_path)
    made.log_in()
    yield made
    made.clean_up()


@pytest.fixture
def login_command(tmp_path, issuer):
    """Begins `ocx login ARGUMENTS` in a home of its own."""
    (tmp_path / ".codex").mkdir()
    started = []

    def begin(*arguments, **options):
        started.append(Command([*arguments], tmp_path, issuer, **options))
        return started[-1]

    yield begin
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
            command.process.wait()


class LiveServer:
    """A server together with what reached the backend behind it."""

    def __init__(self, process, upstream):
        self.process, self.upstream = process, upstream
        self.host, self.port, self.base_url, self.log = process.host, process.port, process.base_url, process.log

    def upstream_requests(self):
        """Calls to the model; the catalogue does not count."""
        return self.upstream.posts()


@pytest.fixture
def live_path_server(live_process, fake_upstream):
    return LiveServer(live_process, fake_upstream)


@pytest.fixture
def ask(speak, live_path_server):
    """Requests over the way of a real call and what they became upstream, with each client in turn; see harness.ask."""
    return Ask(speak, live_path_server)


@pytest.fixture
def server(live_path_server):
    return live_path_server


@pytest.fixture(scope="session")
def make_calls():
    """openai-python clients, one for each server and kind: making one is slow."""
    made = {}
    with asyncio.Runner() as runner:

        def make(base_url, kind="sync", strict=True, key="test"):
            wanted = (base_url, kind, strict, key)
            if wanted not in made:
                made[wanted] = SyncCalls(base_url, strict, key) if kind == "sync" else AsyncCalls(base_url, strict, key, runner)
            return made[wanted]

        yield make


@pytest.fixture(scope="session")
def speakers():
    made = Speakers()
    yield made
    made.close()


@pytest.fixture(params=Speakers.KINDS)
def speak(request, speakers):
    """speak(server, **options): openai-python, its asynchronous client and openai-node in turn, each with the face of harness.speakers."""

    def start(server, **options):
        return speakers.get(request.param, server.base_url, **options)

    start.kind = request.param
    return start


@pytest.fixture(params=["sync", "async"])
def replay_calls(request, replay_server, make_calls):
    """Calls to the replay server, with both kinds of client; takes `strict`."""

    def calls(strict=True):
        return make_calls(replay_server.base_url, request.param, strict)

    calls.log = replay_server.log
    return calls
