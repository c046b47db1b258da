"""`ocx login` and `ocx login --device` against a stand-in for the login server, every failure included."""
import json
import os
import re
import socket
import threading
import time
import urllib.parse

import pytest

from harness.issuer import HTML, error
from harness.login import Login
from harness.login_command import check_file, file_of, visit


def test_browser_login(login_command, issuer, tmp_path):
    command = login_command("--no-browser")
    url = command.url()
    fields = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)
    assert [name for name, _ in fields] == ["response_type", "client_id", "redirect_uri", "scope", "code_challenge", "code_challenge_method",
                                            "id_token_add_organizations", "codex_cli_simplified_flow", "state", "originator"]
    status, page = visit(*issuer.authorize(url))
    assert status == 200 and "Logged in" in page
    assert command.end() == 0
    assert "Logged in as someone@example.org (plan plus)" in command.said()
    check_file(tmp_path, issuer)


def test_a_state_with_a_suffix_is_ours(login_command, issuer, tmp_path):
    command = login_command("--no-browser")
    redirect, fields = issuer.authorize(command.url())
    fields["state"] += ".onboarding_entrypoint=life_sciences"
    assert visit(redirect, fields)[0] == 200 and command.end() == 0
    check_file(tmp_path, issuer)


def test_a_foreign_state_is_refused_and_the_login_goes_on(login_command, issuer, tmp_path):
    command = login_command("--no-browser")
    redirect, fields = issuer.authorize(command.url())
    for forged in ({**fields, "state": "x"}, {"code": fields["code"]}, {"error": "access_denied", "state": "x"}):
        status, page = visit(redirect, forged)
        assert status == 400 and "State mismatch" in page
    assert not issuer.requests and not file_of(tmp_path).exists()
    assert visit(redirect, fields)[0] == 200 and command.end() == 0


@pytest.mark.parametrize("fields,sentence", [
    ({"error": "access_denied"}, "refused in the browser (access_denied)"),
    ({"error": "access_denied", "error_description": "Unknown: missing_codex_entitlement"}, "no access to Codex"),
    ({"error": "server_error", "error_description": "<script>alert(1)</script>"}, "refused the login (server_error)"),
    ({"error": "<script>"}, "refused the login."),
    ({"scope": "x"}, "no authorization code")], ids=lambda v: v.get("error", "no code") + str(len(v)) if isinstance(v, dict) else "")
def test_browser_login_refused(login_command, issuer, tmp_path, fields, sentence):
    command = login_command("--no-browser", *(["--wait", "2"] if "scope" in fields else []))
    redirect, good = issuer.authorize(command.url())
    status, page = visit(redirect, {**fields, "state": good["state"]})
    assert status == 400 and sentence in page and "<script>" not in page
    assert command.end() == 1
    assert ("in time" if "scope" in fields else sentence) in command.said()
    assert not file_of(tmp_path).exists()


@pytest.mark.parametrize("reply,sentence", [
    ((400, '{"error":"invalid_grant","error_description":"x"}', "application/json"), "HTTP 400 (invalid_grant)"),
    ((500, '{"error":"temporary-failure"}', "application/json"), "HTTP 500"),
    (HTML, "HTTP 403"),
    ((200, "{}", "application/json"), "without tokens"),
    ((200, "<html>", "text/html"), "without tokens"),
    ((200, '{"id_token":"no-jwt","access_token":"a","refresh_token":"r"}', "application/json"), "cannot be read")],
    ids=["invalid_grant", "500", "html-403", "empty", "html-200", "no-jwt"])
def test_the_exchange_fails(login_command, issuer, tmp_path, reply, sentence):
    issuer.script.append(reply)
    command = login_command("--no-browser")
    status, page = visit(*issuer.authorize(command.url()))
    assert status == 400 and sentence in page
    assert command.end() == 1 and sentence in command.said()
    assert not file_of(tmp_path).exists()


def test_a_callback_that_comes_twice_ends_nothing(login_command, issuer, tmp_path):
    """Browsers ask again when an answer takes its time; the time to wait may run out meanwhile, too."""
    asked, answer = threading.Event(), threading.Event()

    def slow(_):
        asked.set()
        assert answer.wait(20)
        return 200, json.dumps(issuer.tokens()), "application/json"

    issuer.script.append(slow)
    command = login_command("--no-browser", "--wait", "2")
    callback = issuer.authorize(command.url())
    first = threading.Thread(target=visit, args=callback)
    first.start()
    assert asked.wait(10)
    assert "under way" in visit(*callback)[1]
    time.sleep(2.2)
    answer.set()
    first.join(20)
    assert command.end() == 0, command.said()
    check_file(tmp_path, issuer)


def test_an_old_login_survives_a_failed_one(login_command, issuer, tmp_path):
    old = Login(file_of(tmp_path))
    before = old.path.read_bytes()
    issuer.script.append((500, "", "text/plain"))
    command = login_command("--no-browser")
    visit(*issuer.authorize(command.url()))
    assert command.end() == 1 and old.path.read_bytes() == before


def test_nobody_logs_in(login_command, issuer, tmp_path):
    command = login_command("--no-browser", "--wait", "0.5")
    command.url()
    assert command.end() == 1 and "Nobody logged in in time" in command.said() and not file_of(tmp_path).exists()


def test_other_pages_are_not_there(login_command, issuer):
    command = login_command("--no-browser")
    redirect, fields = issuer.authorize(command.url())
    for path in ("/", "/favicon.ico", "/auth", "/auth/callback/x"):
        assert visit(redirect, {}, path)[0] == 404
    assert visit(redirect, fields)[0] == 200 and command.end() == 0


def test_a_second_login_takes_the_port_over(login_command, issuer, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    first = login_command("--no-browser", ports=port)
    first.url()
    first_out = first.out.rename(tmp_path / "first.out")
    first.out = first_out
    second = login_command("--no-browser", ports=port)
    url = second.url()
    assert first.end() == 1 and "cancelled by another login" in first.said()
    assert visit(*issuer.authorize(url))[0] == 200 and second.end() == 0


def test_a_busy_port_is_given_up_for_the_next_one(login_command, issuer, tmp_path):
    with socket.socket() as taken, socket.socket() as probe:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        second = probe.getsockname()[1]
        probe.close()
        command = login_command("--no-browser", ports=f"{taken.getsockname()[1]},{second}")
        redirect, fields = issuer.authorize(command.url())
        assert urllib.parse.urlsplit(redirect).port == second
        assert visit(redirect, fields)[0] == 200 and command.end() == 0


def test_all_ports_busy(login_command, issuer, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = login_command("--no-browser", ports=str(taken.getsockname()[1]))
        assert command.end() == 1 and "ocx login --device" in command.said()


def test_the_address_can_be_pasted(login_command, issuer, tmp_path):
    command = login_command("--no-browser", terminal=True)
    redirect, fields = issuer.authorize(command.url())
    os.write(command.master, b"http://localhost:1/auth/callback?code=x&state=y\n")
    command.wait_for("State mismatch")
    os.write(command.master, (redirect + "?" + urllib.parse.urlencode(fields) + "\n").encode())
    assert command.end() == 0
    check_file(tmp_path, issuer)
    assert os.get_blocking(command.terminal), "the shell's terminal stays as it was"


def test_a_browser_is_opened_when_there_is_one(login_command, issuer, tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    opened = tmp_path / "opened"
    (tools / "xdg-open").write_text(f"#!/bin/sh\nprintf %s \"$1\" > {opened}.part && mv {opened}.part {opened}\n")
    (tools / "xdg-open").chmod(0o755)
    path = {"PATH": f"{tools}:{os.environ['PATH']}", "DISPLAY": ":0"}
    command = login_command(environment=path)
    url = command.url()
    until = time.monotonic() + 10
    while not opened.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert opened.read_text() == url
    visit(*issuer.authorize(url))
    assert command.end() == 0


def test_device_login(login_command, issuer, tmp_path):
    issuer.device_polls = 2
    command = login_command("--device")
    command.wait_for(re.escape(issuer.url + "/codex/device"))
    command.wait_for("ABCD-1234")
    assert command.end() == 0
    assert len([1 for path, _ in issuer.requests if path == "/api/accounts/deviceauth/token"]) == 3
    check_file(tmp_path, issuer)


@pytest.mark.parametrize("reply,sentence", [((404, "", "text/plain"), "Device login is not enabled"), ((500, "{}", "application/json"), "HTTP 500"),
                                            (HTML, "HTTP 403"), ((200, "{}", "application/json"), "without a code")], ids=["404", "500", "html", "empty"])
def test_device_login_does_not_begin(login_command, issuer, tmp_path, reply, sentence):
    issuer.device_reply = reply
    command = login_command("--device")
    assert command.end() == 1 and sentence in command.said() and not file_of(tmp_path).exists()


@pytest.mark.parametrize("reply,sentence", [(error(400, "expired_token"), "expired_token"), ((500, "{}", "application/json"), "HTTP 500"),
                                            ((502, "<html>", "text/html"), "HTTP 502"), ((200, "{}", "application/json"), "without what belongs")],
                         ids=["expired", "500", "html", "empty"])
def test_device_login_fails_while_it_waits(login_command, issuer, tmp_path, reply, sentence):
    issuer.poll_reply = reply
    command = login_command("--device")
    assert command.end() == 1 and sentence in command.said() and not file_of(tmp_path).exists()


def test_device_code_is_not_entered(login_command, issuer, tmp_path):
    issuer.device_polls = 1000
    command = login_command("--device", "--wait", "1.5")
    assert command.end() == 1 and "not entered in time" in command.said()


def test_login_server_not_there(login_command, issuer, tmp_path):
    issuer.stop()
    command = login_command("--device")
    assert command.end() == 1 and "Not logged in." in command.said()
