"""A stand-in for OpenAI's login server: tokens that rotate and work once, the browser's page, device codes, and every way in which it is
known to fail. Nothing of ours, nothing of the Codex CLI's."""
import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

from .canary import MARK
from .listener import Listener
from .login import ACCOUNT, jwt, refresh_token

JSON = "application/json"


def error(status, code):
    body = {"error": {"message": "Please try signing in again.", "type": "invalid_request_error", "param": None, "code": code}}
    return status, json.dumps(body), JSON


HTML = (403, "<html><title>Just a moment...</title></html>", "text/html")


class Issuer:
    """`refresh_tokens` work once each. What a test appends to `script` (status, body, type), a function of the request or "hang" answers the
    next token request instead."""

    def __init__(self):
        self.refresh_tokens = set()
        self.script = []
        self.requests = []       # (path, body as text)
        self.issued = []         # every token ever given out
        self.codes = {}          # authorization code -> (challenge or None, redirect_uri)
        self.device = {}         # device_auth_id -> polls until it is done
        self.device_polls = 1
        self.device_reply = None
        self.poll_reply = None
        self.revoked = []
        self.whoami_reply = None
        self.expires_in = 864000
        self.before_answer = None  # called while a refresh is under way
        self.release = threading.Event()
        self._lock = threading.Lock()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                self.answer(issuer.handle(self.path, body, self.headers))

            def do_GET(self):
                self.answer(issuer.handle(self.path, "", self.headers))

            def answer(self, reply):
                if reply is None:  # hung until the test was over
                    self.close_connection = True
                    return
                status, body, kind = reply
                raw = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                pass

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.release.set()
        self._listener.shutdown()
        self._listener.server_close()

    @property
    def environment(self):
        return {"OPENAI_VIA_CODEX_ISSUER": self.url, "CODEX_REFRESH_TOKEN_URL_OVERRIDE": self.url + "/oauth/token"}

    def refreshes(self):
        with self._lock:
            return [body for path, body in self.requests if path == "/oauth/token" and "grant_type\":\"refresh_token" in body]

    def tokens(self):
        made = {"id_token": jwt(3600, email="someone@example.org"), "access_token": jwt(self.expires_in),
                "refresh_token": refresh_token(), "expires_in": self.expires_in}
        self.refresh_tokens.add(made["refresh_token"])
        self.issued += [made["access_token"], made["refresh_token"], made["id_token"]]
        return made

    # serving
    def handle(self, target, body, headers):
        path = target.split("?")[0]
        with self._lock:
            self.requests.append((path, body))
            scripted = self.script.pop(0) if self.script and path == "/oauth/token" else None
        assert headers.get("user-agent"), "a request without User-Agent"
        if scripted == "hang":
            self.release.wait(60)
            return None
        if scripted is not None:
            return scripted(body) if callable(scripted) else scripted
        if path == "/oauth/token":
            return self._token(body, headers)
        if path == "/oauth/revoke":
            self.revoked.append(json.loads(body))
            return 200, "{}", JSON
        if path == "/api/accounts/deviceauth/usercode":
            return self.device_reply or self._device_start(json.loads(body))
        if path == "/api/accounts/deviceauth/token":
            return self.poll_reply or self._device_poll(json.loads(body))
        if path == "/api/accounts/v1/user-auth-credential/whoami":
            return self.whoami_reply or (200, json.dumps({"email": "pat@example.org", "chatgpt_user_id": "u", "chatgpt_account_id": ACCOUNT,
                                                          "chatgpt_plan_type": "pro", "chatgpt_account_is_fedramp": False}), JSON)
        return 404, "{}", JSON

    def _token(self, body, headers):
        if headers["content-type"] == JSON:
            asked = json.loads(body)
            if self.before_answer:
                self.before_answer()
            with self._lock:
                if asked["refresh_token"] not in self.refresh_tokens:
                    return error(401, "refresh_token_reused")
                self.refresh_tokens.discard(asked["refresh_token"])
                return 200, json.dumps(self.tokens()), JSON
        asked = {k: v[0] for k, v in urllib.parse.parse_qs(body).items()}
        challenge, redirect = self.codes.pop(asked.get("code"), (None, None))
        verifier = asked.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked.get("grant_type") != "authorization_code" or digest != challenge or redirect != asked.get("redirect_uri"):
            return 400, '{"error":"invalid_grant","error_description":"bad code"}', JSON
        with self._lock:
            return 200, json.dumps(self.tokens()), JSON

    def authorize(self, url):
        """What the browser does at the page: the callback URL with a code."""
        asked = {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = "ac_" + MARK + secrets.token_hex(16)
        self.codes[code] = (asked["code_challenge"], asked["redirect_uri"])
        return asked["redirect_uri"], {"code": code, "state": asked["state"]}

    def _device_start(self, asked):
        assert list(asked) == ["client_id"]
        name = "da_" + secrets.token_hex(8)
        self.device[name] = self.device_polls
        return 200, json.dumps({"device_auth_id": name, "user_code": "ABCD-1234", "interval": "1"}), JSON

    def _device_poll(self, asked):
        self.device[asked["device_auth_id"]] -= 1
        if self.device[asked["device_auth_id"]] >= 0:
            return error(403 if self.device[asked["device_auth_id"]] % 2 else 404, "deviceauth_authorization_unknown")
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        code = "dc_" + MARK + secrets.token_hex(16)
        self.codes[code] = (challenge, self.url + "/deviceauth/callback")
        return 200, json.dumps({"authorization_code": code, "code_challenge": challenge, "code_verifier": verifier}), JSON


def wait_until(condition, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError(f"it did not happen within {seconds} s")
