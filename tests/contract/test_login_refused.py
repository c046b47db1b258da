"""The backend refuses the login: one renewal, one repeat, and then the truth."""
from harness import raw
from harness.issuer import error
from harness.upstream import Reply
from test_login_renewal import UNAUTHORIZED, ask, backend, made, start, tokens_in  # noqa: F401


def test_a_401_is_followed_by_one_refresh_and_one_retry(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    assert raw.call(server, "GET", "/v1/models").status == 200  # the catalogue that is asked for at start has come
    backend.bad.add(login.access_token)
    assert ask(server).status == 200
    assert len(issuer.refreshes()) == 1 and len(backend.posts()) == 2
    assert tokens_in(login)["access_token"] == issuer.issued[0]


def test_a_401_that_stays_is_passed_on_and_says_what_to_run(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    backend.script(*[Reply([UNAUTHORIZED], 401, [["content-type", "application/json"]], "length")] * 2)
    answer = ask(server)
    error_of = answer.json()["error"]
    assert (answer.status, error_of["type"], error_of["code"]) == (401, "server_error", "upstream_auth_error")
    assert "`ocx login`" in error_of["message"] and "`codex login`" in error_of["message"]
    assert len(issuer.refreshes()) == 1 and len(backend.posts()) == 2


def test_E24_a_401_whose_refresh_fails_is_503(start, issuer, backend, tmp_path):
    login = made(tmp_path, issuer, backend)
    server = start(login)
    backend.bad.add(login.access_token)
    issuer.script.append(error(401, "refresh_token_invalidated"))
    answer = ask(server)
    assert (answer.status, answer.json()["error"]["code"]) == (503, "upstream_auth_error")
    assert "`ocx login`" in answer.json()["error"]["message"]
    assert len(issuer.refreshes()) == 1 and len(backend.posts()) == 1
