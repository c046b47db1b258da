#!/usr/bin/env python3
"""Checks who includes whom under include/: folders only include folders below them, headers have no cycles, and heavy
or dangerous headers stay where they belong. Exceptions stand in layers_allowed.txt, each with its reason."""

import re
import sys

import source_tree

# A folder may include itself and these; cli/, tests/ and tools/ may include anything.
BELOW = {
    "redact": [],
    "util": ["redact"],
    "protocol": ["util"],
    "sse": ["util"],
    "net": ["redact", "util"],
    "store": ["protocol", "util"],
    "config": ["util", "redact"],
    "daemon": ["config", "util", "redact"],
    "translate": ["sse", "protocol", "util", "redact"],
    "transport": ["net", "util", "redact"],
    "auth": ["transport", "redact", "util"],
    "testing": ["transport", "auth", "net", "util"],
    "gateway": ["auth", "transport", "store", "translate", "sse", "protocol", "redact", "util"],
    "server": ["net", "protocol", "redact", "util"],
}

# (what, where it may not be included, unless the file matches, why)
CONFINED = [
    (r"boost/(asio|beast)\.hpp$|boost/json/src\.hpp$", r"", r"^$", "too heavy: include the parts you use"),
    (r"boost/asio/(ip/|ssl|local/|connect|basic_.*socket|basic_socket)", r"", r"^include/ocx/net/",
     "only net/ opens sockets"),
    (r"openssl/(ssl|bio)\.h$", r"", r"^include/ocx/net/", "only net/ opens sockets"),
    (r"toml\+\+/|^toml\.hpp$", r"", r"^include/ocx/config/(impl/)?load_toml\.", "only config/load_toml includes toml++"),
    (r"^CLI/", r"", r"^$", "only cli/ includes CLI11"),
    (r"boost/asio", r"^include/ocx/(translate|protocol|sse|redact)/", r"^$", "this folder never waits: no Asio"),
    (r"boost/json|ocx/util/json", r"^include/ocx/sse/", r"^$", "sse/ frames bytes: no JSON"),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.M)


def folder_of(path):
    """The layer of `include/ocx/<layer>/...` or `ocx/<layer>/...`; "" for files directly in ocx/."""
    parts = str(path).split("/")
    inside = parts[parts.index("ocx") + 1:]
    return inside[0] if len(inside) > 1 else ""


def cycle(edges):
    """One cycle of the graph as a list of nodes, or None."""
    done = set()
    for start in sorted(edges):
        trail, iterators = [start], [iter(sorted(edges.get(start, ())))]
        while iterators and start not in done:
            following = next(iterators[-1], None)
            if following is None:
                done.add(trail.pop())
                iterators.pop()
            elif following in trail:
                return trail[trail.index(following):] + [following]
            elif following not in done:
                trail.append(following)
                iterators.append(iter(sorted(edges.get(following, ()))))
    return None


def edge_problem(path, included):
    """Why the file may not include the project's header `included`; None when it may."""
    source, target = folder_of(path), folder_of(included)
    if source == "":
        return None  # src.hpp and ocx.hpp gather everything
    if target == "":
        return "a layer may not include a header that gathers all layers"
    if target not in BELOW:
        return f"unknown folder {target}/: give it a place in tools/lint/layers.py"
    if target == source or target in BELOW.get(source, []):
        return None
    return f"{source}/ may not include {target}/ (allowed: {', '.join(BELOW.get(source, [])) or 'std only'})"


def check(root):
    exceptions = source_tree.allowed(root / "tools/lint/layers_allowed.txt")
    used = set()
    headers = {}
    unknown = set()
    for path in source_tree.files(root, ["include"], {".hpp", ".ipp"}):
        folder = folder_of(path)
        if folder not in BELOW and folder != "" and folder not in unknown:
            unknown.add(folder)
            yield f"{path}: unknown folder {folder}/: give it a place in tools/lint/layers.py"
        text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), source_tree.read(root, path), flags=re.S)
        for match in INCLUDE.finditer(text):
            included = match.group(1)
            problems = [why for what, where, unless, why in CONFINED
                        if re.search(what, included) and re.search(where, str(path)) and not re.search(unless, str(path))]
            if included.startswith("ocx/"):
                problems.append(edge_problem(path, included))
                if "/impl/" not in included and "/impl/" not in str(path):
                    headers.setdefault(str(path)[len("include/"):], set()).add(included)
            elif ".." in included.split("/"):
                problems.append("write the whole path, ocx/<folder>/<name>")
            edge = f"{path} -> {included}"
            for why in filter(None, problems):
                if edge in exceptions:
                    used.add(edge)
                else:
                    yield f"{path}:{source_tree.line_of(text, match.start())}: includes {included}: {why}"
    for what, graph in (("folders", BELOW), ("headers", headers)):
        found = cycle({node: set(targets) for node, targets in graph.items()})
        if found:
            yield f"{what} include each other: {' -> '.join(found)}"
    for edge in sorted(set(exceptions) - used):
        yield f"layers_allowed.txt: nothing needs the exception `{edge}` any more: remove it"


if __name__ == "__main__":
    sys.exit(source_tree.main(__doc__, check))
