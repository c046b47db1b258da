"""Drives `ocx login`: starts it, reads what it prints, and does what the browser does."""
import http.client
import json
import os
import pty
import re
import subprocess
import time
import urllib.parse

from . import process
from .login import ACCOUNT
from .process import BINARY, clean_environment

URL = re.compile(r"https?://\S+/oauth/authorize\?\S+")


class Command:
    """A login that waits for its user."""

    def __init__(self, arguments, home, issuer, ports="0", terminal=False, environment=()):
        self.home, self.issuer = home, issuer
        env = {**clean_environment(home), **issuer.environment, "OPENAI_VIA_CODEX_LOGIN_PORTS": ports, **dict(environment)}
        self.master = None
        stdin = subprocess.DEVNULL
        if terminal:
            self.master, stdin = pty.openpty()
            self.terminal = stdin
        self.out = home / "login.out"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen([str(BINARY), "login", *arguments], env=env, cwd=home, stdin=stdin, stdout=out, stderr=subprocess.STDOUT)

    def said(self):
        return self.out.read_text()

    def wait_for(self, pattern, seconds=15):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(pattern, self.said())
            if found:
                return found
            assert self.process.poll() is None or re.search(pattern, self.said()), self.said()
            time.sleep(0.005)
        raise AssertionError(f"{pattern} was not printed:\n{self.said()}")

    def url(self):
        found = self.wait_for(URL)
        self.wait_for("Waiting for the browser")
        return found.group(0)

    def end(self, seconds=20):
        status = self.process.wait(seconds)
        if self.master is not None:
            os.close(self.master)
        for token in [*self.issuer.issued, *self.issuer.codes]:
            assert token not in self.said(), "a token or a code was printed"
        return status


def file_of(home):
    return home / ".codex" / "auth.json"


def visit(redirect, fields, path=None):
    """What the browser does: GET the callback."""
    address = urllib.parse.urlsplit(redirect)
    assert (address.scheme, address.hostname, address.path) == ("http", "localhost", "/auth/callback")
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=15)
    try:
        connection.request("GET", path or address.path + "?" + urllib.parse.urlencode(fields))
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def check_file(home, issuer):
    """The members of the Codex CLI, in its order, and nothing else."""
    path = file_of(home)
    content = json.loads(path.read_text())
    assert list(content) == ["auth_mode", "OPENAI_API_KEY", "tokens", "last_refresh"]
    assert content["auth_mode"] == "chatgpt" and content["OPENAI_API_KEY"] is None
    assert list(content["tokens"]) == ["id_token", "access_token", "refresh_token", "account_id"]
    assert content["tokens"]["account_id"] == ACCOUNT and content["tokens"]["access_token"] in issuer.issued
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", content["last_refresh"])
    assert path.stat().st_mode & 0o7777 == 0o600
    assert path.read_text() == json.dumps(content, indent=2)
    return content


def run(arguments, home, issuer, environment=()):
    """A command that does not wait for anybody: status and everything it says."""
    done = process.run(arguments, home, environment={**issuer.environment, **dict(environment)})
    return done.returncode, done.stdout + done.stderr
