#!/usr/bin/env python3
"""Which case of the contract has which tests, and how they went.

  case_list.py JUNIT_XML [--all]

A test carries the numbers of its cases in its name: test_E19_compat22_cut belongs to E19 and compat22; one with `node` in its name or among its
parameters, or from test_node.py, is openai-node's, and one whose name ends in _python_and_node counts for both. The lists below are the cases that
there are. The status is 1 when a case has no test (or none with Node where it should), when one of its tests failed, or when a test names a case that
is not listed. --all prints the cases out of scope as well."""
import re
import sys
import xml.etree.ElementTree as xml
from collections import namedtuple

GROUPS = {"T": 22, "E": 25, "R": 42, "S": 26, "C": 39, "K": 22, "O": 9, "M": 14}
COMPAT = [*range(1, 12), *range(13, 26), 27, 28, 29, *range(30, 44), 45, 48, 49, 50, 51, 52, 54, 55, 58, 62, 63, 65, *range(67, 72), 73, 74, 77, 78, 79, 80,
          81, 82, 83, 85, 98, 99, 101, 102, 103, 104, 106, 108, 109,
          110, 111, 112, 114]

OUT_OF_SCOPE = {
    "compat103": "needs keys per user", "compat104": "needs keys per user", "compat106": "needs the WebSocket transport",
}

RAW = "about bytes or HTTP itself, which no SDK shows"
UPSTREAM = "about what goes upstream, which is the same for every client"
ONLY_PYTHON = {
    **{f"T{n:02}": RAW for n in (1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 15, 16, 19, 20, 21, 22)},
    "T17": "a helper of openai-python", "T18": "a helper of openai-python",
    "E02": RAW, "E03": RAW, "E04": RAW, "E12": RAW, "E13": UPSTREAM, "E25": RAW, "R24": "a documented error of openai-python", "S06": RAW, "S25": RAW,
    "R06": UPSTREAM, "R08": UPSTREAM, "R11": UPSTREAM, "R20": UPSTREAM, "C14": UPSTREAM, "C15": UPSTREAM, "C16": UPSTREAM, "C19": UPSTREAM,
    "O09": "about the server's memory",
    "compat101": RAW, "compat102": RAW, "compat109": RAW, "compat110": RAW, "compat111": RAW, "compat112": UPSTREAM, "compat114": RAW,
    "compat108": "about the backend's call and the log", "compat11": RAW, "compat20": RAW, "compat23": RAW, "compat25": RAW, "compat27": RAW,
}

NUMBER = re.compile(r"_(?:([TERSCKMOW])(\d\d)|compat(\d+))(?=_|$)")
Tally = namedtuple("Tally", "python node passed failed")


def listed():
    numbers = [f"{group}{n:02}" for group, last in GROUPS.items() for n in range(1, last + 1)]
    return numbers + [f"compat{n}" for n in COMPAT]


def numbers_of(name):
    """The cases that a test's name carries."""
    return [f"compat{int(compat)}" if compat else letter + digits for letter, digits, compat in NUMBER.findall(name.partition("[")[0])]


def is_both(case):
    return case.get("name").partition("[")[0].endswith("_python_and_node")


def is_node(case):
    name, _, parameters = case.get("name").partition("[")
    return "node" in name.split("_") or "node" in parameters.rstrip("]").split("-") or case.get("classname", "").endswith("test_node")


def read(path):
    """number -> Tally, over the tests that ran."""
    found = {}
    for case in xml.parse(path).getroot().iter("testcase"):
        if case.find("skipped") is not None:
            continue
        failed = case.find("failure") is not None or case.find("error") is not None
        for number in numbers_of(case.get("name")):
            t = found.get(number, Tally(0, 0, 0, 0))
            both, node = is_both(case), is_node(case)
            found[number] = Tally(t.python + (both or not node), t.node + (both or node), t.passed + (not failed), t.failed + failed)
    return found


def verdict(number, tally):
    """(what is said of the case, whether it is a fault)"""
    if tally and tally.failed:
        return f"{tally.failed} failed", True
    if number in OUT_OF_SCOPE:
        return f"later: {OUT_OF_SCOPE[number]}", False
    if not tally or not tally.python:
        return "NO TEST", True
    if not tally.node and number not in ONLY_PYTHON:
        return "NO TEST WITH NODE", True
    return "passed", False


def main(arguments):
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], ["--all"]):
        print(__doc__)
        return 2
    found, faults, rows = read(arguments[0]), 0, []
    for number in listed() + sorted(set(found) - set(listed())):
        tally = found.get(number)
        said, fault = verdict(number, tally) if number in listed() else ("NOT A CASE", True)
        faults += fault
        if tally or fault or number not in OUT_OF_SCOPE or "--all" in arguments:
            rows.append((number, *(tally or Tally(0, 0, 0, 0)), said))
    print(f"{'case':<10}{'python':>7}{'node':>6}{'passed':>8}{'failed':>8}  result")
    for number, python, node, passed, failed, said in rows:
        print(f"{number:<10}{python:>7}{node:>6}{passed:>8}{failed:>8}  {said}")
    tested = sum(number in found for number in listed())
    print(f"{tested} of {len(listed())} cases have tests, {len(OUT_OF_SCOPE)} are for later, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
