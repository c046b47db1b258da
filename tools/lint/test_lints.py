#!/usr/bin/env python3
"""Proves that each lint catches what it is for, and leaves alone what is fine. Run: python3 tools/lint/test_lints.py"""

import pathlib
import tempfile
import unittest
import unittest.mock

import co_await
import fields
import layers
import secrets
import size
import source_tree


class Tree(unittest.TestCase):
    """A source tree in a temporary directory."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def findings(self, lint):
        present = [f for f in ("include", "cli", "tests", "tools", "fixtures") if (self.root / f).exists()]
        self.assertTrue(present)
        return list(lint.check(self.root))


class Layers(Tree):
    def refused(self, path, include, reason):
        self.write(path, f"#pragma once\n{include}\n")
        found = self.findings(layers)
        self.assertEqual(len(found), 1, found)
        self.assertIn(f"{path}:2:", found[0])
        self.assertIn(reason, found[0])

    def test_downward_and_same_folder_are_fine(self):
        self.write("include/ocx/gateway/run.hpp", '#include "ocx/auth/concept.hpp"\n#include "ocx/gateway/x.hpp"\n')
        self.write("include/ocx/util/json.hpp", '#include "ocx/redact/secret.hpp"\n#include <string>\n')
        self.write("include/ocx/net/tcp.hpp", "#include <boost/asio/ip/tcp.hpp>\n#include <boost/asio/ssl.hpp>\n")
        self.write("include/ocx/config/load_toml.hpp", "#include <toml++/toml.h>\n")
        self.write("include/ocx/transport/concept.hpp", "#include <boost/asio/awaitable.hpp>\n")
        self.write("include/ocx/src.hpp", '#include "ocx/util/impl/json.ipp"\n')
        self.assertEqual(self.findings(layers), [])

    def test_upward_is_refused(self):
        self.refused("include/ocx/util/x.hpp", '#include "ocx/net/http1.hpp"', "util/ may not include net/")

    def test_server_knows_no_gateway(self):
        self.refused("include/ocx/server/x.hpp", '#include "ocx/gateway/run.hpp"', "server/ may not include gateway/")

    def test_transport_moves_frames_not_events(self):
        self.refused("include/ocx/transport/impl/x.ipp", '#  include "ocx/sse/decoder.hpp"', "may not include sse/")

    def test_redact_is_the_floor(self):
        self.refused("include/ocx/redact/x.hpp", "#include <ocx/util/json.hpp>", "std only")

    def test_unknown_target_folder(self):
        self.refused("include/ocx/util/x.hpp", '#include "ocx/misc/x.hpp"', "unknown folder misc/")

    def test_unknown_source_folder(self):
        self.write("include/ocx/misc/x.hpp", "#pragma once\n")
        self.assertIn("unknown folder misc/", self.findings(layers)[0])

    def test_gathering_headers_are_for_programs(self):
        self.refused("include/ocx/util/x.hpp", '#include "ocx/src.hpp"', "gathers all layers")

    def test_relative_includes(self):
        self.refused("include/ocx/util/x.hpp", '#include "../net/http1.hpp"', "write the whole path")

    def test_heavy_headers(self):
        for header in ("boost/asio.hpp", "boost/beast.hpp", "boost/json/src.hpp"):
            self.refused("include/ocx/net/x.hpp", f"#include <{header}>", "too heavy")

    def test_sockets_only_in_net(self):
        for header in ("boost/asio/ip/tcp.hpp", "boost/asio/ssl/stream.hpp", "boost/asio/connect.hpp", "openssl/ssl.h"):
            self.refused("include/ocx/transport/x.hpp", f"#include <{header}>", "only net/")

    def test_toml_only_in_its_loader(self):
        self.refused("include/ocx/config/x.hpp", "#include <toml++/toml.h>", "only config/load_toml")

    def test_cli11_only_in_cli(self):
        self.refused("include/ocx/config/x.hpp", "#include <CLI/CLI.hpp>", "only cli/")

    def test_pure_folders_have_no_asio(self):
        for folder in ("translate", "protocol", "sse"):
            with self.subTest(folder):
                self.setUp()
                self.refused(f"include/ocx/{folder}/x.hpp", "#include <boost/asio/awaitable.hpp>", "no Asio")

    def test_sse_has_no_json(self):
        self.refused("include/ocx/sse/x.hpp", '#include "ocx/util/json.hpp"', "no JSON")

    def test_cycle_of_headers(self):
        self.write("include/ocx/util/a.hpp", '#include "ocx/util/b.hpp"\n')
        self.write("include/ocx/util/b.hpp", '#include "ocx/util/c.hpp"\n')
        self.write("include/ocx/util/c.hpp", '#include "ocx/util/a.hpp"\n')
        found = self.findings(layers)
        self.assertEqual(len(found), 1, found)
        self.assertIn("include each other: ocx/util/", found[0])

    def test_bodies_may_include_their_header(self):
        self.write("include/ocx/util/a.hpp", '#include "ocx/util/impl/a.ipp"\n')
        self.write("include/ocx/util/impl/a.ipp", '#include "ocx/util/a.hpp"\n')
        self.assertEqual(self.findings(layers), [])

    def test_the_table_has_no_cycle(self):
        self.assertIsNone(layers.cycle({node: set(below) for node, below in layers.BELOW.items()}))
        self.assertIsNotNone(layers.cycle({"a": {"b"}, "b": {"a"}}))
        self.assertIsNotNone(layers.cycle({"a": {"a"}}))

    def test_commented_out_includes_do_not_count(self):
        self.write("include/ocx/util/x.hpp", '// #include "ocx/net/x.hpp"\n/*\n#include "ocx/net/x.hpp"\n*/\n')
        self.assertEqual(self.findings(layers), [])

    def test_an_exception_needs_a_reason_and_a_use(self):
        self.write("include/ocx/util/x.hpp", '#include "ocx/net/http1.hpp"\n')
        edge = "include/ocx/util/x.hpp -> ocx/net/http1.hpp"
        self.write("tools/lint/layers_allowed.txt", f"{edge}: moved in the next change\n")
        self.assertEqual(self.findings(layers), [])
        self.write("include/ocx/util/x.hpp", "\n")
        self.assertIn("remove it", self.findings(layers)[0])
        self.write("tools/lint/layers_allowed.txt", f"{edge}:\n")
        with self.assertRaises(SystemExit):
            self.findings(layers)


class CoAwait(unittest.TestCase):
    def flagged(self, code, what):
        found = co_await.check_text(code)
        self.assertEqual([w for _, w in found], [what], f"{code} gave {found}")

    def test_the_bad_rows_of_the_hazard_table(self):
        self.flagged("auto r = co_await f(agg{1, 2});", "a braced value")
        self.flagged("co_await f({1, 2});", "a braced value")
        self.flagged("co_await f([s] { use(s); });", "a capturing lambda")
        self.flagged("co_await co_spawn(ex, [s]() -> task<> { co_return; }, tok);", "a capturing lambda")

    def test_the_good_rows_of_the_hazard_table(self):
        for code in ("co_await f(make_agg());", "co_await f(class_with_constructor(1));", "co_await f(std::string(\"{x}\"));",
                     "agg a{1}; co_await f(std::move(a));"):
            self.assertEqual(co_await.check_text(code), [], code)

    def test_all_captures(self):
        for capture in ("&", "=", "this", "&x", "x = 1", "*this"):
            self.flagged(f"co_await f([{capture}] {{ g(); }});", "a capturing lambda")

    def test_later_lines_and_arguments(self):
        self.flagged("co_await f(a,\n   // why\n   b[0],\n   agg{1});", "a braced value")
        self.assertEqual(co_await.check_text("x;\nco_await f(a,\n  agg{1});")[0][0], 3)
        self.flagged("g(co_await f(), agg{1});", "a braced value")
        self.flagged("if (auto r = co_await f(agg{1}); r) { g(); }", "a braced value")
        self.flagged("co_return co_await f(ns::agg<int>{.a = 1});", "a braced value")
        self.flagged("co_await (agg{1});", "a braced value")

    def test_blocks_after_the_expression(self):
        for code in ("if (co_await f()) { g(); }", "while (auto x = co_await f(a[i])) { g(); }",
                     "for (;;) { co_await f(); }\nstruct x { int y; };", "task<> t() { co_return co_await f(); }\nint a[] = {1};"):
            self.assertEqual(co_await.check_text(code), [], code)

    def test_empty_braces_and_plain_lambdas(self):
        for code in ("co_await f(agg{});", "co_await f({ });", "co_await f([](int x) { return x; });",
                     "co_await f([](auto x) noexcept -> int { if (x) { g(); } return 1; }, y);"):
            self.assertEqual(co_await.check_text(code), [], code)

    def test_a_lambda_body_is_judged_by_its_own_expressions(self):
        self.flagged("co_await f([](int x) -> task<> { co_await g(agg{x}); });", "a braced value")

    def test_comments_and_literals(self):
        for code in ("// co_await f(agg{1});", "/* co_await f({1}) */", "f(\"co_await f({1})\");", "co_await f(\"{a}\", '{', 1'000);",
                     "co_await f(R\"x({\"a\":[1]})x\");", "co_await f(); // {1}"):
            self.assertEqual(co_await.check_text(code), [], code)


class Secrets(unittest.TestCase):
    # Put together here, so that the lint does not find its own samples.
    LONG = "Zk3v9QpXw7Lr2TbN8yHc5MdJ4sGf6RaEuV1oKiWq"
    JWT = "ey" + "JhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + LONG

    def found(self, text):
        return [what for _, what, _ in secrets.check_text(text)]

    def test_tokens(self):
        for text in (self.JWT, f'"access_token":"{self.JWT}"', "sk" + "-proj-" + self.LONG, "sk" + "-" + self.LONG[:24],
                     "rt" + "_" + self.LONG, "rt" + "." + self.LONG, "at" + "-" + self.LONG, "Bearer" + " " + self.LONG,
                     "authorization: bearer" + " " + self.LONG):
            self.assertTrue(self.found(text), text)

    def test_obvious_fakes(self):
        for text in ("sk-test", "sk-" + "fake-" + self.LONG, "Bearer" + " test-token-for-the-contract-suite", "rt_" + "x" * 40,
                     "gAAAAAB-start", "Bearer abc", "at-most", "rt_some_function_with_a_long_name", "eyJhbGci.eyJzdWIi.c2ln",
                     "Bearer" + " ${TOKEN}", "eyJ" + "a" * 30):
            self.assertEqual(self.found(text), [], text)

    def test_machine_paths(self):
        for text in ("/ho" + "me/bob/x", '"/roo' + 't/.codex"', " /wor" + "k/main", "/Us" + "ers/Bob/x"):
            self.assertTrue(self.found(text), text)
        for text in ("/ho" + "me/user/.codex", "~/.codex", "$HOME/wo" + "rk/", "build/wo" + "rk/x", "https://example.org/root/x", "/tmp/x"):
            self.assertEqual(self.found(text), [], text)

    def test_findings_are_shortened(self):
        (line, _, sample), = secrets.check_text("\n\n" + "sk" + "-" + self.LONG)
        self.assertEqual(line, 3)
        self.assertLess(len(sample), 15)


class SecretsInFiles(Tree):
    def test_every_kind_of_file_is_read(self):
        for path in ("fixtures/cassettes/a.jsonl", "tests/a.bin", "docs/a.md", "tools/a"):
            self.write(path, "\0" + "sk" + "-" + Secrets.LONG)
        with unittest.mock.patch.object(secrets, "FOLDERS", ["fixtures", "tests", "docs", "tools"]):
            self.assertEqual(len(self.findings(secrets)), 4)


class Size(Tree):
    def test_the_limit(self):
        self.write("include/ocx/util/at.hpp", "\n" * 400)
        self.write("tests/unit/over_test.cpp", "\n" * 401)
        self.write("tools/long.py", "\n" * 500)
        self.write("fixtures/data.json", "\n" * 500)
        found = self.findings(size)
        self.assertEqual(len(found), 2, found)
        self.assertIn("tests/unit/over_test.cpp: 401 lines", found[0])
        self.assertIn("tools/long.py: 500 lines", found[1])

    def test_exceptions(self):
        self.write("cli/x.cpp", "\n" * 401)
        self.write("tools/lint/size_allowed.txt", "# none\ncli/x.cpp: one table\n")
        self.assertEqual(self.findings(size), [])
        self.write("cli/x.cpp", "\n")
        self.assertIn("remove the exception", self.findings(size)[0])


class Fields(Tree):
    TEST = '`tests/unit/a_test.cpp: "a: works"`'

    def setUp(self):
        super().setUp()
        self.write("tests/unit/a_test.cpp", 'TEST_CASE("a: works (C01)", "[a]")\nTEST_CASE(\n    "b: other", "[a]")\n')
        self.write("tests/contract/test_a.py", "def test_C01_it(speak):\n    pass\n")
        for reader in ("chat_request.ipp", "completion_request.ipp", "completion_settings.ipp", "responses_request.ipp", "settings.ipp"):
            self.write(f"{fields.IMPL}/{reader}", "// reads nothing\n")

    def found(self, test=TEST, without=None, more="", official=fields.OFFICIAL):
        text = "| word | meaning |\n| --- | --- |\n| mapped | sent |\n\n"
        for section, names in official.items():
            text += f"## {section}\n\n| parameter | what happens | test |\n| --- | --- | --- |\n"
            text += "".join(f"| `{name}` | mapped | {test} |\n" for name in names if name != without) + more + "\n"
        self.write(fields.TABLE, text)
        return self.findings(fields)

    def test_a_complete_table(self):
        self.assertEqual(self.found(), [])
        for test in ('`tests/unit/a_test.cpp: "b: other"`', "`tests/contract/test_a.py: test_C01_it`",
                     "`tests/contract/test_a.py: test_C01_it[stream]`"):
            self.assertEqual(self.found(test), [], test)

    def test_rows_without_a_test(self):
        for test, reason in (("", "names no test"), ("by hand", "names no test"),
                             ('`tests/unit/gone_test.cpp: "a: works"`', "does not exist"),
                             ('`tests/unit/a_test.cpp: "a: wor"`', "has no test"),
                             ("`tests/contract/test_a.py: test_C01`", "has no test")):
            self.assertIn(reason, self.found(more=f"| `x` | mapped | {test} |\n")[0], test)

    def test_rows_that_say_nothing(self):
        self.assertIn("names no parameter", self.found(more=f"| x | mapped | {self.TEST} |\n")[0])
        self.assertIn("what happens", self.found(more=f"| `x` |  | {self.TEST} |\n")[0])

    def test_official_parameters_have_rows(self):
        found = self.found(without="image")
        self.assertEqual(len(found), 1, found)
        self.assertIn("'POST /v1/responses' has no row for the official parameter image", found[0])

    def test_parameters_that_are_read_have_rows(self):
        for code in ('state.fields.flag("ours")', 'for (auto const* name : {"ours"}) {\n        fields.integer(name, 1);\n    }\n',
                     'ignore_if_set(state, {"ours"})', 'auto& fields = state.fields;\n fields.has("ours")'):
            self.write(f"{fields.IMPL}/chat_request.ipp", f"void f()\n{{\n    {code};\n}}\n")
            found = self.found()
            self.assertEqual(len(found), 1, (code, found))
            self.assertIn("no row for ours, which chat_request.ipp reads", found[0])
            self.assertEqual(self.found(more=f"| `ours` | mapped | {self.TEST} |\n"), [])

    def test_members_of_members_need_none(self):
        self.write(f"{fields.IMPL}/settings.ipp", 'void f()\n{\n    request_fields fields(x, "x", report);\n    fields.flag("y");\n}\n'
                                                 'void g(request_fields& owner)\n{\n    owner.get("z");\n}\n')
        self.assertEqual(self.found(), [])

    def test_a_reader_that_moved_is_noticed(self):
        (self.root / fields.IMPL / "settings.ipp").unlink()
        self.assertIn("is gone", self.found()[0])

    def test_the_readers_of_this_tree_are_understood(self):
        read = {name for reader in ("chat_request.ipp", "completion_settings.ipp", "responses_request.ipp", "settings.ipp")
                for name in fields.read_names(source_tree.read(source_tree.ROOT, f"{fields.IMPL}/{reader}"))}
        self.assertLessEqual({"messages", "stream", "seed", "frequency_penalty", "max_tokens", "prompt_cache_retention", "reasoning"}, read)
        self.assertFalse({"effort", "include_usage", "schema"} & read)


class SourceTree(unittest.TestCase):
    def test_code_keeps_its_positions(self):
        text = 'int a; // {\nchar const* b = "}\\"{"; /* \n */ auto c = R"(x)y)"; int d = 1\'000;'
        code = source_tree.code_only(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)


if __name__ == "__main__":
    unittest.main()
