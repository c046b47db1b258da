#!/usr/bin/env python3
"""Refuses source files of more than 400 lines: split them by subject. Exceptions stand in size_allowed.txt, each with
its reason; one that is no longer needed is refused too."""

import sys

import source_tree

LIMIT = 400
FOLDERS = ["include", "cli", "tests", "tools", "fixtures"]
SUFFIXES = {".hpp", ".ipp", ".cpp", ".py", ".mjs"}


def check(root):
    exceptions = source_tree.allowed(root / "tools/lint/size_allowed.txt")
    used = set()
    for path in source_tree.files(root, FOLDERS, SUFFIXES):
        lines = source_tree.read(root, path).count("\n")
        if lines <= LIMIT:
            continue
        if str(path) in exceptions:
            used.add(str(path))
        else:
            yield f"{path}: {lines} lines, the limit is {LIMIT}: split it by subject"
    for path in sorted(set(exceptions) - used):
        yield f"size_allowed.txt: {path} is within the limit or gone: remove the exception"


if __name__ == "__main__":
    sys.exit(source_tree.main(__doc__, check))
