#!/usr/bin/env python3
"""Counts and tables for tools/test: reads JUnit files (ctest, pytest), Ninja logs and the list of finished steps.

  test_report.py junit FILE        passed, failed, skipped and a note, separated by tabs
  test_report.py slowest BUILD     the ten slowest compilations of a build folder
  test_report.py summary TSV MS    the closing table; exit status 1 when anything failed
"""

import os
import re
import sys
import xml.etree.ElementTree as xml

# Catch2 closes with one of these two forms.
ALL_PASSED = re.compile(r"^All tests passed \((\d+) assertions? in (\d+) test cases?\)", re.M)
CASES = re.compile(r"^test cases:\s*(\d+)([^\n]*)", re.M)
ASSERTIONS = re.compile(r"^assertions:\s*(\d+)", re.M)


def catch_counts(output):
    """(passed cases, failed cases, assertions) of a Catch2 program, or None when the output is not one's."""
    passed = failed = assertions = 0
    found = False
    for match in ALL_PASSED.finditer(output):
        found = True
        assertions += int(match[1])
        passed += int(match[2])
    for match in CASES.finditer(output):
        found = True
        bad = re.search(r"(\d+) failed(?! as expected)", match[2])
        failed += int(bad[1]) if bad else 0
        passed += int(match[1]) - (int(bad[1]) if bad else 0)
    for match in ASSERTIONS.finditer(output):
        assertions += int(match[1])
    return (passed, failed, assertions) if found else None


def junit(path):
    passed = failed = skipped = assertions = 0
    has_catch = False
    for case in xml.parse(path).getroot().iter("testcase"):
        is_failed = case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail"
        if case.find("skipped") is not None:
            skipped += 1
            continue
        catch = catch_counts(case.findtext("system-out") or "")
        if catch is None:
            failed += is_failed
            passed += not is_failed
            continue
        has_catch = True
        passed += catch[0]
        # A program that says all passed and still fails was stopped by a sanitizer at its end.
        failed += catch[1] or (1 if is_failed else 0)
        assertions += catch[2]
    note = f"{passed + failed} cases, {assertions} assertions" if has_catch else ""
    print(passed, failed, skipped, note, sep="\t")


def slowest(build):
    path = os.path.join(build, ".ninja_log")
    if not os.path.exists(path):
        return
    seconds = {}
    with open(path, encoding="utf-8") as log:
        for line in log:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 5 and fields[3].endswith((".o", ".gch")):
                name = re.sub(r"CMakeFiles/[^/]+\.dir/", "", fields[3])
                seconds[name] = (int(fields[1]) - int(fields[0])) / 1000
    print(f"\nSlowest compilations of {build} (each file's last one):")
    for name, time in sorted(seconds.items(), key=lambda entry: -entry[1])[:10]:
        print(f"  {time:6.1f} s  {name}")
    tests = {name: time for name, time in seconds.items() if name.endswith("_test.cpp.o")}
    if tests:
        name = max(tests, key=tests.get)
        print(f"  slowest unit-test file: {name}, {tests[name]:.1f} s")


def summary(path, total_ms):
    with open(path, encoding="utf-8") as rows:
        steps = [row.rstrip("\n").split("\t") for row in rows]
    total = [sum(int(step[column]) for step in steps) for column in (1, 2, 3)]
    width = max([len(step[0]) for step in steps] + [4])
    print(f"\n{'step':<{width}}  passed  failed  skipped  seconds")
    for name, passed, failed, skipped, ms, note in steps:
        print(f"{name:<{width}}  {passed:>6}  {failed:>6}  {skipped:>7}  {int(ms) / 1000:7.1f}  {note}".rstrip())
    print(f"{'total':<{width}}  {total[0]:>6}  {total[1]:>6}  {total[2]:>7}  {int(total_ms) / 1000:7.1f}\n")
    print(f"{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""))
    return 1 if total[1] or not total[0] else 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "junit":
        return junit(arguments[1])
    if len(arguments) == 2 and arguments[0] == "slowest":
        return slowest(arguments[1])
    if len(arguments) == 3 and arguments[0] == "summary":
        return summary(arguments[1], arguments[2])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
