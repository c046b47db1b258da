"""`ocx login status` and `ocx logout`: what they say, revoke and delete."""
import json

import pytest

from harness.login import ACCOUNT, Login
from harness.login_command import file_of, run, visit


def test_status(tmp_path, issuer):
    (tmp_path / ".codex").mkdir()
    status, said = run(["login", "status"], tmp_path, issuer)
    assert status == 1 and "Not logged in" in said
    made = Login(file_of(tmp_path), expires_in=9 * 86400 + 60)
    status, said = run(["login", "status"], tmp_path, issuer)
    assert status == 0 and "someone@example.org" in said and "plus" in said and ACCOUNT in said and "ends in 9 days" in said
    assert made.access_token not in said and made.refresh_token not in said
    Login(file_of(tmp_path), expires_in=-7200)
    status, said = run(["login", "status"], tmp_path, issuer)
    assert status == 0 and "ended 2 hours ago" in said and "renewed when it is needed" in said
    Login(file_of(tmp_path), expires_in=-7200, refresh=False)
    assert run(["login", "status"], tmp_path, issuer)[0] == 1
    file_of(tmp_path).write_text('{"personal_access_token":"at-secret"}')
    status, said = run(["login", "status"], tmp_path, issuer)
    assert status == 0 and "personal access token" in said and "at-secret" not in said
    status, said = run(["login", "status"], tmp_path, issuer, {"CODEX_ACCESS_TOKEN": "at-secret"})
    assert status == 0 and "CODEX_ACCESS_TOKEN" in said and "at-secret" not in said
    assert not issuer.requests


def test_logout_revokes_what_login_made(login_command, issuer, tmp_path):
    command = login_command("--no-browser")
    visit(*issuer.authorize(command.url()))
    assert command.end() == 0
    refresh = json.loads(file_of(tmp_path).read_text())["tokens"]["refresh_token"]
    status, said = run(["logout"], tmp_path, issuer)
    assert status == 0 and "Logged out" in said and refresh not in said
    assert issuer.revoked == [{"token": refresh, "token_type_hint": "refresh_token", "client_id": "app_EMoamEEZ73f0CkXaXp7hrann"}]
    assert [p.name for p in (tmp_path / ".codex").iterdir()] == ["auth.json.lock"]
    status, said = run(["logout"], tmp_path, issuer)
    assert status == 0 and "Not logged in" in said


def test_logout_leaves_the_login_of_the_codex_cli_valid(tmp_path, issuer):
    (tmp_path / ".codex").mkdir()
    made = Login(file_of(tmp_path))
    status, said = run(["logout"], tmp_path, issuer)
    assert status == 0 and "was not revoked" in said and not issuer.requests and not file_of(tmp_path).exists()
    made = Login(file_of(tmp_path))
    assert run(["logout", "--revoke"], tmp_path, issuer)[0] == 0
    assert [r["token"] for r in issuer.revoked] == [made.refresh_token]


def test_logout_deletes_the_file_when_nobody_can_be_asked(tmp_path, issuer):
    (tmp_path / ".codex").mkdir()
    made = Login(file_of(tmp_path))
    issuer.stop()
    status, said = run(["logout", "--revoke"], tmp_path, issuer)
    assert status == 0 and "could not be revoked" in said and not file_of(tmp_path).exists() and made.refresh_token not in said


def test_logout_says_where_a_link_led(tmp_path, issuer):
    (tmp_path / ".codex").mkdir()
    made = Login(tmp_path / "shared.json")
    file_of(tmp_path).symlink_to(made.path)
    status, said = run(["logout"], tmp_path, issuer)
    assert status == 0 and str(made.path) in said and made.path.exists() and not file_of(tmp_path).is_symlink()


@pytest.mark.parametrize("arguments", [["login", "--revoke"], ["logout", "--device"], ["login", "stats"], ["login", "--wait"], ["login", "--wait", "x"],
                                       ["login", "--wait=-1"], ["login", "--device=1"], ["logout", "--auth-json", ""], ["login", "status", "--wait", "1"]],
                         ids=" ".join)
def test_mistakes_on_the_command_line(tmp_path, issuer, arguments):
    status, said = run(arguments, tmp_path, issuer)
    assert status == 2 and "--help` to see the options" in said


@pytest.mark.parametrize("command,option", [(["login"], "--device"), (["login", "status"], "--auth-json"), (["logout"], "--revoke")], ids=str)
def test_help(tmp_path, issuer, command, option):
    status, said = run([*command, "--help"], tmp_path, issuer)
    assert status == 0 and option in said
