// Replays the corpus of the fuzzers, so that every compiler and every sanitizer run sees what they once found.
#include "fuzz/targets.hpp"
#include "support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#ifndef OCX_SOURCE_DIR
#define OCX_SOURCE_DIR "."
#endif

namespace {

template <class Check>
void replay(char const* target, Check check)
{
    std::size_t count = 0;
    for (auto const& entry :
         std::filesystem::directory_iterator(std::string(OCX_SOURCE_DIR "/tests/fuzz/corpus/") + target)) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::string const input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        CAPTURE(entry.path().filename().string());
        CHECK(check(std::string_view(input)));
        ++count;
    }
    CHECK(count >= 6);
}

} // namespace

TEST_CASE("fuzz corpus: json holds", "[fuzz]")
{
    replay("json", ocx::fuzz::check_json);
}

TEST_CASE("fuzz corpus: sse holds", "[fuzz]")
{
    replay("sse", ocx::fuzz::check_sse);
}

TEST_CASE("fuzz corpus: delta_scan holds", "[fuzz]")
{
    replay("delta_scan", ocx::fuzz::check_delta_scan);
}
