"""The search for tokens that ends every run (harness/canary.py) finds them where they must not be, and made-up tokens carry the mark."""
from harness import canary
from harness.login import Login


def test_tokens_are_found_in_any_file_but_a_login(tmp_path, issuer):
    login = Login(tmp_path / "login.json")
    (tmp_path / "auth.json").write_text(login.path.read_text())
    logs = {f"{n}.log": token for n, token in enumerate([login.access_token, login.refresh_token, *issuer.tokens().values()]) if isinstance(token, str)}
    for name, token in logs.items():
        (tmp_path / name).write_text(f"DEBUG: {token}\n")
    (tmp_path / "clean.log").write_text("INFO: started\n")
    seen = {str(path): is_hit for path, is_hit in canary.looked_through(tmp_path)}
    for name in logs:
        (tmp_path / name).unlink()  # the search at the end of the run is not to find them
    assert seen == {**dict.fromkeys(logs, True), "clean.log": False} and len(logs) == 5
