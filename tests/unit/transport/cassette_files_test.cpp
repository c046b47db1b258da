// Cassettes on the disk.
#include "ocx/transport/cassette_files.hpp"

#include "support/catch.hpp"
#include "support/temporary_dir.hpp"

#include <filesystem>
#include <string>

using ocx::testing::temporary_dir;
using ocx::transport::load_cassettes;

namespace {

constexpr char const* good = R"({"header":{"format":1}}
{"request":{"method":"POST","target":"/responses"}}
{"end":{"t_us":0,"reason":"refused"}}
)";

std::string wrong(std::string const& path)
{
    auto const r = load_cassettes(path);
    REQUIRE(r.has_error());
    return r.error().message;
}

} // namespace

TEST_CASE("cassette files: a directory gives its *.jsonl by name, a file gives itself", "[transport]")
{
    temporary_dir const dir;
    dir.write("b.jsonl", good);
    dir.write("a.jsonl", good);
    dir.write("README.md", "no cassette");
    std::filesystem::create_directory(dir.file("c.jsonl"));

    auto const all = load_cassettes(dir.file(""));
    auto const one = load_cassettes(dir.file("b.jsonl"));

    REQUIRE((all.has_value() && one.has_value()));
    REQUIRE(all->size() == 2);
    CHECK((*all)[0].name == "a.jsonl");
    CHECK((*all)[1].name == "b.jsonl");
    REQUIRE(one->size() == 1);
    CHECK((*one)[0].name == "b.jsonl");
}

TEST_CASE("cassette files: each way to find none has its sentence", "[transport]")
{
    temporary_dir const dir;
    dir.write("bad.jsonl", std::string(good) + "{}\n");

    CHECK(wrong(dir.file("none")) == "There is no cassette file or directory at " + dir.file("none") + ".");
    CHECK(wrong(dir.file("")).find("Cassette bad.jsonl, line 4: ") == 0);
    std::filesystem::remove(dir.file("bad.jsonl"));
    CHECK(wrong(dir.file("")) == "There is no cassette (*.jsonl) in the directory " + dir.file("") + ".");
}
