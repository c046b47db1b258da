#!/usr/bin/env python3
"""Keeps docs/field-support.md honest: every parameter of the official requests and every one that the translators read
has a row, and every row names a test that exists. Whether that test proves its row, a reviewer has to see."""

import re
import sys

import source_tree

TABLE = "docs/field-support.md"
IMPL = "include/ocx/translate/impl"

# openai-python 3.54.0: the members of both CompletionCreateParams and of ResponseCreateParams.
OFFICIAL = {
    "POST /v1/chat/completions": """
        audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages
        metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key
        prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier
        stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity
        web_search_options""".split(),
    "POST /v1/completions": """
        best_of echo frequency_penalty logit_bias logprobs max_tokens model n presence_penalty prompt seed stop stream
        stream_options suffix temperature top_p user""".split(),
    "POST /v1/responses": """
        access_programs background background_options context_management conversation image include input instructions
        max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt
        prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store
        stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user""".split(),
}
READERS = {
    "POST /v1/chat/completions": ["chat_request.ipp", "completion_settings.ipp", "settings.ipp"],
    "POST /v1/completions": ["completion_request.ipp", "completion_settings.ipp"],
    "POST /v1/responses": ["responses_request.ipp", "settings.ipp"],
}

# Only the request's own fields: members of members are read from objects that are constructed with a path.
_NESTED = re.compile(r"\brequest_fields\s+(\w+)\(")
_READ = re.compile(r'\b((?:state\.)?\w+)\.(?:get|string|required_string|array|object|flag|integer|number|choice|has)\(\s*"(\w+)"')
_LOOP = re.compile(r"\bfor\s*\(auto const\*? name : \{([^}]*)\}\)(.*?)\n(?=\s*\n|    \}\n|\})", re.S)
_LOOP_READ = re.compile(r"\b((?:state\.)?\w+)\.(?:get|string|array|object|flag|integer|number|choice|has)\(name\b")
_IGNORED = re.compile(r"\bignore_if_set\(state, \{([^}]*)\}")
_FUNCTION_END = re.compile(r"^\}", re.M)
_TEST = re.compile(r'^`([^`:]+): (?:"([^`]+)"|([^`"]+))`$')
_CASE = re.compile(r'\bTEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?"((?:\\.|[^"\\])*)"')
_DEF = re.compile(r"^\s*(?:async )?def (test_\w+)", re.M)


def read_names(text):
    """The top-level parameters that this source reads."""
    names = set()
    for function in _FUNCTION_END.split(text):
        nested = set(_NESTED.findall(function))
        # A helper that is handed an object ("request_fields& fields") reads that object, not the request.
        nested |= set(re.findall(r"\brequest_fields& (\w+)[,)]", function))
        names.update(name for owner, name in _READ.findall(function) if owner not in nested)
        for listed, body in _LOOP.findall(function):
            owner = _LOOP_READ.search(body)
            if owner and owner.group(1) not in nested:
                names.update(re.findall(r'"(\w+)"', listed))
        for listed in _IGNORED.findall(function):
            names.update(re.findall(r'"(\w+)"', listed))
    return names


def rows(text):
    """Line, section, parameters, what happens and test of every row; the table of words has no test column."""
    section = header = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            section, header = line[3:].strip(), None
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = cells
        elif header[:1] == ["parameter"] and not set(line) <= set("|- "):
            cells += [""] * (3 - len(cells))
            yield number, section, re.findall(r"`([^`]+)`", cells[0]), cells[1], cells[2]


def missing_test(root, test):
    """Why `test` proves nothing, or None. A name may leave out what follows: the case numbers, a parametrisation."""
    found = _TEST.match(test)
    if not found:
        return "names no test: `path: \"name of the case\"` or `path: test_function`"
    path, case, function = found.groups()
    if not (root / path).is_file():
        return f"{path} does not exist"
    text = source_tree.read(root, path)
    known = _CASE.findall(text) if case else _DEF.findall(text)
    wanted = case or re.sub(r"\[.*", "", function).strip()
    # Up to the end of the name, or to what is said in brackets after it.
    if not any(name == wanted or case and name.startswith(wanted + " (") for name in known):
        return f"{path} has no test \"{wanted}\""
    return None


def check(root):
    if not (root / TABLE).is_file():
        yield f"{TABLE} is missing"
        return
    documented = {}
    for line, section, names, happens, test in rows(source_tree.read(root, TABLE)):
        place = f"{TABLE}:{line}:"
        if not names:
            yield f"{place} the row names no parameter"
        if not happens:
            yield f"{place} the row does not say what happens"
        wrong = missing_test(root, test)
        if wrong:
            yield f"{place} {wrong}"
        documented.setdefault(section, set()).update(names)
    for section, official in OFFICIAL.items():
        has = documented.get(section, set())
        for name in sorted(set(official) - has):
            yield f"{TABLE}: '{section}' has no row for the official parameter {name}"
        for reader in READERS[section]:
            if not (root / IMPL / reader).is_file():
                yield f"{IMPL}/{reader} is gone: tell tools/lint/fields.py where the parameters are read now"
                continue
            for name in sorted(read_names(source_tree.read(root, f"{IMPL}/{reader}")) - has - set(official)):
                yield f"{TABLE}: '{section}' has no row for {name}, which {reader} reads"


if __name__ == "__main__":
    sys.exit(source_tree.main(__doc__, check))
