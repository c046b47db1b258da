"""What `ocx serve --demo` answers to anyone: read from its cassettes, and the values that it makes up for a schema."""
import json
from typing import NamedTuple

from harness.cases import FIXTURES, cassette


class Answer(NamedTuple):
    """What the model said in one recording, and the tokens that it took."""

    text: str
    thoughts: str
    input: int
    output: int
    reasoning: int

    @property
    def total(self):
        return self.input + self.output


def _answer(name):
    _, frames, _ = cassette(FIXTURES / "demo" / (name + ".jsonl"))
    events = [json.loads(line[6:]) for line in b"".join(frames).decode().split("\n") if line.startswith("data: ")]

    def told(kind):
        return "".join(e["delta"] for e in events if e["type"] == kind)

    usage = events[-1]["response"]["usage"]
    return Answer(told("response.output_text.delta"), told("response.reasoning_summary_text.delta"), usage["input_tokens"],
                  usage["output_tokens"], usage["output_tokens_details"]["reasoning_tokens"])


TEXT, CALL, AFTER_TOOL, JSON = map(_answer, ("text", "tool-call", "tool-answer-with-tools", "json"))
PIECES = 30  # a streamed TEXT comes in more pieces than this

# The made-up values for the members that all of these tests use.
FORECAST = {"city": "Tokyo", "days": 1}
CITY = {"name": "Ada Lovelace", "population": 1}
