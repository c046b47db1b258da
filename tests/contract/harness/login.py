"""Made-up logins: auth.json files whose tokens are unsigned and good for nothing, made anew in every run."""
import base64
import json
import secrets
import time

from .canary import MARK, login_files

ACCOUNT = "7c1f0d3e-0000-4000-8000-0123456789ab"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def jwt(expires_in, **claims):
    """An unsigned token; its last part is marked and random, so that a leak can be recognised."""
    auth = {"chatgpt_account_id": ACCOUNT, "chatgpt_plan_type": "plus", "chatgpt_user_id": "user-test"}
    payload = {"exp": int(time.time()) + expires_in, "https://api.openai.com/auth": auth, **claims}
    return ".".join([_part({"alg": "none", "typ": "JWT"}), _part(payload), MARK + secrets.token_hex(24)])


def refresh_token():
    return "rt_" + MARK + secrets.token_hex(24)


class Login:
    def __init__(self, path, expires_in=3600, refresh=True, mode="chatgpt", **changes):
        self.path = path
        login_files.add(path)
        self.access_token = jwt(expires_in)
        self.refresh_token = refresh_token() if refresh else None
        tokens = {"id_token": jwt(expires_in, email="someone@example.org"), "access_token": self.access_token, "account_id": ACCOUNT}
        if refresh:
            tokens["refresh_token"] = self.refresh_token
        content = {"auth_mode": mode, "OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": "2026-11-20T08:15:30.123456Z", **changes}
        path.write_text(json.dumps(content, indent=2))
        path.chmod(0o600)

    @property
    def secrets(self):
        return [s for s in (self.access_token, self.refresh_token) if s]
