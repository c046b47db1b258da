#!/usr/bin/env python3
"""Finds what GCC 12 destroys twice: a capturing lambda, `T{...}` or `{...}` in the expression after co_await (see
docs/coroutine-hazards.md). Name the value first and move it in. Empty braces and lambdas without captures are fine."""

import re
import sys

import source_tree

CLOSING = {"(": ")", "[": "]", "{": "}"}


def matching(code, start):
    """Position of the bracket that closes the one at `start`; the end of the text when there is none."""
    stack = []
    for position in range(start, len(code)):
        c = code[position]
        if c in CLOSING:
            stack.append(CLOSING[c])
        elif stack and c == stack[-1]:
            stack.pop()
            if not stack:
                return position
    return len(code)


def begins_lambda(code, bracket):
    """True for the [ of a lambda, not of a subscript or an attribute."""
    before = code[:bracket].rstrip()
    if code[bracket + 1:bracket + 2] == "[" or before.endswith("["):
        return False
    word = re.search(r"[A-Za-z_0-9]+$", before)
    if word:
        return word.group() in {"co_await", "return", "co_return", "co_yield"}
    return not before.endswith((")", "]"))


def after_lambda(code, bracket):
    """Position after the body of the lambda whose captures start at `bracket`."""
    position = matching(code, bracket) + 1
    while position < len(code) and code[position] not in "{;":
        position = matching(code, position) + 1 if code[position] == "(" else position + 1
    return matching(code, position) + 1 if position < len(code) and code[position] == "{" else position


def hazards(code, start):
    """(position, what) of each hazard in the full expression that starts at `start`."""
    depth = 0
    position = start
    while position < len(code):
        c = code[position]
        if c == "[" and begins_lambda(code, position):
            if code[position + 1:matching(code, position)].strip():
                yield position, "a capturing lambda"
            position = after_lambda(code, position)
            continue
        if c == "{":
            end = matching(code, position)
            if code[position + 1:end].strip():
                yield position, "a braced value"
            position = end
        elif c in "([":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth < 0:
                return
        elif c == ";" and depth == 0:
            return
        position += 1


def check_text(text):
    """(line, what) of each hazard in C++ text."""
    code = source_tree.code_only(text)
    found = set()
    for match in re.finditer(r"\bco_await\b", code):
        for position, what in hazards(code, match.end()):
            found.add((source_tree.line_of(code, position), what))
    return sorted(found)


def check(root):
    folders = ["include", "cli", "tests", "tools"]
    for path in source_tree.files(root, folders, {".hpp", ".ipp", ".cpp"}):
        for line, what in check_text(source_tree.read(root, path)):
            yield f"{path}:{line}: {what} inside a co_await expression: name it first, GCC 12 destroys it twice"


if __name__ == "__main__":
    sys.exit(source_tree.main(__doc__, check))
