"""The expected results: fixtures/index.json, and the frames of a cassette for servers that play one themselves."""
import base64
import json

from .process import REPO

FIXTURES = REPO / "fixtures"
CASSETTES = FIXTURES / "cassettes"
_INDEX = json.loads((FIXTURES / "index.json").read_text(encoding="utf-8"))["fixtures"]
BY_NAME = {case["name"]: case for case in _INDEX}


class Case(dict):
    """One entry of the index; shows as its name in test ids."""

    def __getattr__(self, name):
        return self.get(name)

    def __repr__(self):
        return self["name"]

    @property
    def is_custom(self):
        return any(call["type"] == "custom" for call in self["tool_calls"])

    @property
    def strict(self):
        """Whether strict validation can hold: custom calls in chat chunks and lone surrogates have no place in the SDK's schema."""
        return not self.get("split_surrogates")


def cases(*kinds, where=lambda case: True):
    return [Case(case) for case in _INDEX if case["kind"] in kinds and where(case)]


def answered():
    return cases("success", "incomplete")


def succeeded():
    return cases("success")


def failed(before_output=None):
    return cases("failure", "http_error", "cut", where=lambda c: before_output is None or c["before_output"] == before_output)


def cassette(path):
    """(head, frames, end reason) of a cassette file."""
    head, frames, end = {"status": 200, "headers": []}, [], "eof"
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        entry = json.loads(line)
        if "head" in entry:
            head = entry["head"]
        elif "frame" in entry:
            frame = entry["frame"]
            frames.append(frame["text"].encode() if "text" in frame else base64.b64decode(frame["b64"]))
        elif "end" in entry:
            end = entry["end"]["reason"]
    return head, frames, end
