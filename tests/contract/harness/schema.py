"""The reduced schema of tests/contract/schema, compiled: which violations a JSON document or the records of a stream have.

A definition is compiled when it is first needed. An integer that is written 1.0 is a violation, and so is a member that stands twice: both are lost
once Python's json module has read a document, so it is read with hooks."""
import functools
import json
import re
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import fastjsonschema

FOLDER = Path(__file__).resolve().parents[1] / "schema"
EXTENSIONS = "extensions.json"
EVENT = "event_"


class Twice(ValueError):
    """A member that stands twice in one object."""


def _object(pairs):
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _ in pairs]
        raise Twice(f"member {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return read


def _constant(name):
    raise ValueError(f"{name} is no JSON")


# Decimal is a number to the validator and never an integer.
_READER = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant)


@functools.cache
def definitions():
    """Every definition by name, with the documented extensions among its members."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        if path.name != EXTENSIONS:
            found.update(json.loads(path.read_text(encoding="utf-8"))["$defs"])
    for wanted, members in extensions().items():
        names = [name for name in found if fnmatchcase(name, wanted)]
        assert names, f"{EXTENSIONS} extends {wanted}, which is not defined"
        for name in names:
            found[name]["properties"].update({member: entry["schema"] for member, entry in members.items()})
    return found


def extensions():
    read = json.loads((FOLDER / EXTENSIONS).read_text(encoding="utf-8"))
    return {name: members for name, members in read.items() if name != "$comment"}


@functools.cache
def event_types():
    return frozenset(name.removeprefix(EVENT) for name in definitions() if re.match(EVENT + r"(response\.|error$)", name))


@functools.cache
def _compiled(name):
    return fastjsonschema.compile({"$schema": "http://json-schema.org/draft-07/schema#", "$defs": definitions(), "$ref": f"#/$defs/{name}"},
                                  use_formats=False, use_default=False)


def read(text):
    """The document; ValueError when it is none."""
    return _READER.decode(text if isinstance(text, str) else text.decode("utf-8"))


def violations(name, document):
    """What is wrong with a document that read() gave, by the definition of that name: a list with at most one sentence."""
    try:
        _compiled(name)(document)
    except fastjsonschema.JsonSchemaValueException as error:
        return [f"{name}: {error.message} (got {str(error.value)[:200]})"]
    return []


def text_violations(name, text):
    try:
        document = read(text)
    except ValueError as error:
        return [f"{name}: {error}"]
    return violations(name, document)


def event_violations(text):
    """The same for the data of one record of a Responses stream."""
    try:
        event = read(text)
    except ValueError as error:
        return [f"event: {error}"]
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str) or kind not in event_types():
        return [f"event: unknown type {kind!r}"]
    return violations(EVENT + kind, event)


def record_violations(name, text):
    """The same for a record that the definition of that name describes, or the error that ends the stream."""
    try:
        record = read(text)
    except ValueError as error:
        return [f"{name}: {error}"]
    return violations("error_document" if isinstance(record, dict) and "error" in record else name, record)


def chunk_violations(text):
    """The same for a record of a chat stream."""
    return record_violations("chat_chunk", text)


def text_chunk_violations(text):
    """The same for a record of a stream of the older completions."""
    return record_violations("text_chunk", text)


def image_violations(text):
    """The same for a record of a stream of images."""
    return record_violations("image_partial" if b".partial_image" in text[:200] else "image_completed", text)
