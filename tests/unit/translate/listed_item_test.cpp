#include "ocx/translate/listed_item.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

TEST_CASE("listed item: parts get the members that strict clients want, and keep their own", "[translate]")
{
    auto const listed = [](std::string const& parts) { return listed_content(json::view::trusted(parts)); };

    CHECK(listed(R"([{"type":"input_text","text":"a"}])") == R"([{"type":"input_text","text":"a"}])");
    CHECK(listed(R"([{"type":"input_image","image_url":"u"}])") ==
          R"([{"type":"input_image","image_url":"u","detail":"auto"}])");
    CHECK(listed(R"([{"type":"input_image","detail":"low"}])") == R"([{"type":"input_image","detail":"low"}])");
    CHECK(listed(R"([{"type":"output_text","text":"b"},{"type":"refusal","refusal":"c"}])") ==
          R"([{"type":"output_text","text":"b","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"c"}])");
    CHECK(listed("[]") == "[]");
    CHECK(listed("\"text\"") == "[]");
}

TEST_CASE("listed item: some items have no status", "[translate]")
{
    CHECK(has_no_status("reasoning"));
    CHECK(has_no_status("compaction"));
    CHECK_FALSE(has_no_status("message"));
    CHECK_FALSE(has_no_status("function_call"));
    CHECK_FALSE(has_no_status(""));
}
