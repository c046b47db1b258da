// The plain half of a conversation: which ids are taken, which calls wait.
#include "ocx/translate/turn_text.hpp"

#include "support/catch.hpp"

using namespace ocx::translate;

TEST_CASE("turn_text: ids are known from all turns, open calls from the last", "[translate]")
{
    turn_text first;
    first.unique_ids = {"call_a"};
    first.open_calls = {{"function_call", "call_a", "call_a"}};
    turn_text second;
    second.unique_ids = {"rs_b"};
    second.session_id = "s";
    history const all{{&first, &second}};

    CHECK(all.has("call_a"));
    CHECK(all.has("rs_b"));
    CHECK_FALSE(all.has("call_c"));
    CHECK(all.open_calls().empty());
    CHECK(all.session_id() == "s");
    CHECK(history().open_calls().empty());
    CHECK(history().session_id().empty());
}
