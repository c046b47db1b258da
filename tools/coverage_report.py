#!/usr/bin/env python3
"""The table of tools/coverage: branches of each file below a folder, from the JSON of `llvm-cov export`.

  coverage_report.py COVERAGE_JSON FOLDER [--least PERCENT] [--missing]
"""
import argparse
import json
import pathlib
import sys


def branches_of(file):
    """{(line, column, end line, end column): [times true, times false]}, the instantiations of a template added up."""
    found = {}
    for start, column, end, end_column, when_true, when_false, *_ in file["branches"]:
        counts = found.setdefault((start, column, end, end_column), [0, 0])
        counts[0] += when_true
        counts[1] += when_false
    return found


def missing_lines(branches):
    for (line, column, _, _), (when_true, when_false) in sorted(branches.items()):
        sides = [side for side, count in (("true", when_true), ("false", when_false)) if count == 0]
        if sides:
            yield f"    {line}:{column} never {' nor '.join(sides)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coverage", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--least", type=float, default=95.0)
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args()

    folder = str(options.folder.resolve()) + "/"
    # A compiler cache may have made the names relative to the build folder, which is where this runs.
    files = [dict(file, filename=str(pathlib.Path(file["filename"]).resolve()))
             for file in json.loads(options.coverage.read_text())["data"][0]["files"]]
    total = taken = 0
    print(f"{'file':44} {'branches':>8} {'taken':>8} {'share':>8}")
    for file in sorted(files, key=lambda f: f["filename"]):
        if not file["filename"].startswith(folder):
            continue
        branches = branches_of(file)
        sides = [count for counts in branches.values() for count in counts]
        hit = sum(count > 0 for count in sides)
        total += len(sides)
        taken += hit
        share = f"{100 * hit / len(sides):7.2f}%" if sides else f"{'-':>8}"
        print(f"{file['filename'].removeprefix(folder):44} {len(sides):8} {hit:8} {share}")
        if options.missing:
            print("\n".join(missing_lines(branches)), end="\n" if hit < len(sides) else "")
    if total == 0:
        sys.exit(f"no file below {folder} was measured")
    share = 100 * taken / total
    print(f"{'all':44} {total:8} {taken:8} {share:7.2f}%")
    if share < options.least:
        sys.exit(f"branch coverage {share:.2f} % is below {options.least:g} %")


if __name__ == "__main__":
    main()
