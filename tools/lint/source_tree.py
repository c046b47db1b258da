"""What the lints share: walking the tree, reading allow-lists, removing comments and literals, reporting.

Not a lint itself. Only Python's standard library, so that the lints run wherever the tests run.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = {"build", "node_modules", "__pycache__", ".git", ".cache", ".venv", "venv", ".pytest_cache"}


def files(root, folders, suffixes=None):
    """Files under `folders`, sorted, as paths relative to `root`; all files when `suffixes` is None."""
    found = []
    for folder in folders:
        base = root / folder
        candidates = [base] if base.is_file() else base.rglob("*")
        for path in candidates:
            relative = path.relative_to(root)
            if path.is_file() and not SKIPPED & set(relative.parts) and (suffixes is None or path.suffix in suffixes):
                found.append(relative)
    return sorted(found)


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def allowed(path):
    """An allow-list: one `key: reason` a line. An entry without a reason is an error."""
    entries = {}
    if not path.exists():
        return entries
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, _, reason = line.partition(": ")
        if not reason.strip():
            raise SystemExit(f"{path.name}:{number}: an exception needs a reason, as in `path: because ...`")
        entries[key.strip()] = reason.strip()
    return entries


_LITERALS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)


def code_only(text):
    """C++ text with comments and literals blanked; positions and line numbers stay the same."""
    return _LITERALS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def main(description, check):
    """Runs `check(root)`, which yields findings as text, and turns them into an exit status."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the source tree (default: this one)")
    findings = list(check(parser.parse_args().root.resolve()))
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} finding(s)", file=sys.stderr)
    return 1 if findings else 0
