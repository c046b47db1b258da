"""Every token that the tests make up carries a mark. It may stand in the files that are logins and nowhere else: not in a log, an error, a reply, a
recording, a metric, a core file or a command line."""
import re
import threading
from pathlib import Path

MARK = "0cxCaNaRy"
LOGIN_FILE = re.compile(r"auth.*\.json")  # those that programs write

login_files = set()  # those that tests write

_lock = threading.Lock()
_counts = {"replies": 0, "outputs": 0, "files": 0, "command lines": 0, "hits": 0}
_hits = []


def _count(kind, hit):
    with _lock:
        _counts[kind] += 1
        if hit:
            _counts["hits"] += 1
            _hits.append(hit)


def saw_reply(where, body):
    _count("replies", where if MARK.encode() in body else None)


def saw_output(arguments, text):
    _count("outputs", f"the output of {' '.join(map(str, arguments))}" if MARK in text else None)


def saw_process(pid):
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # ended by itself
        return
    _count("command lines", "a command line" if MARK.encode() in line else None)


def looked_through(directory):
    """(path, whether a token stands in it) of every file that tests and programs wrote, except for logins."""
    for path in sorted(Path(directory).rglob("*")):
        if path.is_symlink() or not path.is_file() or LOGIN_FILE.fullmatch(path.name) or path in login_files:
            continue
        yield path.relative_to(directory), MARK.encode() in path.read_bytes()


def search(directory):
    for path, is_hit in looked_through(directory):
        _count("files", str(path) if is_hit else None)


def hits():
    with _lock:
        return list(_hits)


def summary():
    seen = ", ".join(f"{n} {kind}" for kind, n in _counts.items() if kind != "hits")
    return f"canaries: {seen} searched for tokens, {_counts['hits']} hits"
