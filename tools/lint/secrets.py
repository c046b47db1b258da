#!/usr/bin/env python3
"""Finds token shaped text and paths of somebody's machine in what gets published. Fakes must look like fakes: short, or
with a word such as fake, test or canary in them. There is no allow-list; what is found is printed shortened."""

import re
import sys

import source_tree

FOLDERS = ["fixtures", "tests", "docs", "cli", "include", "tools", "cmake", "README.md", "CONTRIBUTING.md",
           "CHANGELOG.md", ".ci"]

TOKENS = [
    ("a JSON Web Token", r"\beyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{32,}"),
    ("an API key", r"(?<![\w-])sk-[\w-]{20,}"),
    ("a refresh token", r"(?<![\w-])rt[_.](?=[\w.-]*\d)[\w.-]{24,}"),
    ("an access token", r"(?<![\w-])at-(?=\w*\d)\w{24,}"),
    ("a bearer token", r"\b[Bb]earer[ \t]+[\w.~+/=-]{24,}"),
]
PATHS = [
    ("a home directory", r"(?<![\w.}])/home/(?!(?:user|you|me|name|alice|u)\b)[a-z][\w-]*"),
    ("a home directory", r"(?<![\w.})])/Users/(?!(?:user|you|me|name|alice|u)\b)[A-Za-z][\w-]*"),
    ("a home directory", r"(?<![\w.}/-])/roo[t]/"),
    ("a path of a build machine", r"(?<![\w.})/*-])/wor[k]/"),
]
FAKE = re.compile(r"fake|test|example|canary|dummy|sample|demo|placeholder|redacted|not-a|secret", re.I)


def is_fake(token):
    """Says so itself, or is made of too few different characters to be random."""
    return FAKE.search(token) is not None or len(set(token)) < 12


def check_text(text):
    """(line, what, shortened text) of each finding."""
    for what, pattern in TOKENS:
        for match in re.finditer(pattern, text):
            if not is_fake(match.group()):
                yield source_tree.line_of(text, match.start()), f"looks like {what}", match.group()[:10] + "..."
    for what, pattern in PATHS:
        for match in re.finditer(pattern, text):
            yield source_tree.line_of(text, match.start()), f"names {what}", match.group()


def check(root):
    for path in source_tree.files(root, FOLDERS):
        for line, what, sample in check_text(source_tree.read(root, path)):
            yield f"{path}:{line}: {what}: {sample}"


if __name__ == "__main__":
    sys.exit(source_tree.main(__doc__, check))
