"""The service files parse, and what they name exists. The tools of their own systems are not here; this finds the mistakes that can be found."""
import configparser
import plistlib
import re

import pytest

from harness.process import REPO

pytestmark = pytest.mark.program_free
PACKAGING = REPO / "packaging"


def unit(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string((PACKAGING / name).read_text())
    return parser


def test_systemd_units():
    service = unit("ocx.service")
    assert service["Service"]["Type"] == "notify" and service["Service"]["ExecStart"].endswith("/ocx serve")
    assert service["Service"]["ExecReload"].startswith("/bin/kill -HUP")
    assert unit("ocx.socket")["Socket"]["ListenStream"] == "127.0.0.1:18080"


def test_launchd_agent():
    agent = plistlib.loads((PACKAGING / "ocx.plist").read_bytes())
    assert agent["ProgramArguments"][1:] == ["serve"] and agent["KeepAlive"] == {"SuccessfulExit": False}


def test_dockerfile():
    text = (PACKAGING / "Dockerfile").read_text()
    steps = [line for line in re.sub(r"\\\n", " ", text).splitlines() if line and not line.startswith("#")]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    assert {step.split()[0] for step in steps} <= known
    stages = [step.split(" AS ")[1] for step in steps if " AS " in step]
    assert all(step.split("--from=")[1].split()[0] in stages for step in steps if "--from=" in step)
    packages = (REPO / "tools" / "packages.txt").read_text().split("\n[build]\n")[1].split("\n[test]\n")[0].split()
    assert set(packages) <= set(text.split()), "the image builds with the packages that tools/serve installs"
    assert steps[-3:] == ["STOPSIGNAL SIGTERM", 'ENTRYPOINT ["/usr/local/bin/ocx"]', 'CMD ["serve", "--host", "0.0.0.0"]']
