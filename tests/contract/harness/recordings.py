"""Recorded streams of the public API, as replies for the stand-in and as expected results. The folder is no part of this repository: OCX_RECORDINGS
names it, else it is looked for beside the repository."""
import json
import os
from pathlib import Path

from .process import REPO

# Real streams are not ours to ship. A folder `recordings` in a neighbouring directory of the checkout is found by itself.
NEIGHBOURS = [folder for folder in sorted(REPO.parent.glob("*/recordings")) if any(folder.glob("*.chunks.txt"))]
FOLDER = Path(os.environ.get("OCX_RECORDINGS") or (NEIGHBOURS or [REPO / "recordings"])[0])
TERMINAL = ("response.completed", "response.incomplete", "response.failed")


class Recording:
    def __init__(self, name, lines):
        self.name = name
        self.lines = lines
        self.events = [json.loads(line) for line in lines]
        ends = [e["response"] for e in self.events if e.get("type") in TERMINAL]
        self.end = ends[-1] if ends else None

    def __repr__(self):
        return self.name

    def sse(self):
        """The payloads as they arrived, each as one record."""
        return [(f"event: {e['type']}\n" if "type" in e else "").encode() + b"data: " + line.encode() + b"\n\n" for e, line in zip(self.events, self.lines)]

    def is_answer(self):
        return self.end is not None and self.end["status"] == "completed"

    def texts(self):
        """The text of each message item."""
        return ["".join(p["text"] for p in i["content"] if p["type"] == "output_text") for i in self.end["output"] if i["type"] == "message"]

    def calls(self):
        found = []
        for item in self.end["output"]:
            if item["type"] == "function_call":
                found.append((item["call_id"], item["name"], item["arguments"]))
            elif item["type"] == "custom_tool_call":
                found.append((item["call_id"], item["name"], item["input"]))
        return found

    def told(self):
        """The text of the deltas, put together."""
        return "".join(e["delta"] for e in self.events if e["type"] == "response.output_text.delta")

    def adds_up(self):
        """Whether the deltas are the beginning of the text, as they are in every unedited stream: the rest can be made up for."""
        return "".join(self.texts()).startswith(self.told()) or len(self.texts()) > 1

    def usage(self):
        u = self.end["usage"]
        return u["input_tokens"], u["input_tokens_details"]["cached_tokens"], u["output_tokens"], u["output_tokens_details"]["reasoning_tokens"]


def load():
    """All of them; a file with several responses one after the other gives several."""
    found = []
    for path in sorted(FOLDER.glob("*.chunks.txt")):
        parts = []
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            if not parts or json.loads(line).get("type") == "response.created":
                parts.append([])
            parts[-1].append(line)
        stem = path.name.removesuffix(".chunks.txt")
        found += [Recording(stem if len(parts) == 1 else f"{stem}-part{n + 1}", part) for n, part in enumerate(parts)]
    return found
