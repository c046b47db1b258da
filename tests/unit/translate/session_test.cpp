#include "ocx/translate/session.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

std::string id_of(std::string const& members)
{
    return chat_plan(chat_with(members)).session_id;
}

} // namespace

TEST_CASE("session: the best hint decides (codex-protocol 3.3)", "[translate]")
{
    session_hints hints;
    hints.first_user_message = "m";
    auto const content = session_uuid(hints, "random");
    hints.safety_identifier = "s";
    auto const safety = session_uuid(hints, "random");
    hints.user = "u";
    auto const user = session_uuid(hints, "random");
    hints.conversation = "c";
    auto const conversation = session_uuid(hints, "random");
    hints.session_header = "h";
    auto const header = session_uuid(hints, "random");
    hints.prompt_cache_key = "k";
    auto const key = session_uuid(hints, "random");

    std::vector<std::string> all = {content, safety, user, conversation, header, key};
    std::sort(all.begin(), all.end());
    CHECK(std::unique(all.begin(), all.end()) == all.end());
    hints.first_user_message = "another";
    CHECK(session_uuid(hints, "random") == key);
}

TEST_CASE("session: the kind of a hint is part of the id", "[translate]")
{
    session_hints as_key;
    as_key.prompt_cache_key = "x";
    session_hints as_user;
    as_user.user = "x";

    CHECK(session_uuid(as_key, "") != session_uuid(as_user, ""));
}

TEST_CASE("session: parts of the content cannot be shifted into each other", "[translate]")
{
    session_hints a;
    a.instructions = "ab";
    a.first_user_message = "c";
    session_hints b;
    b.instructions = "a";
    b.first_user_message = "bc";

    CHECK(session_uuid(a, "") != session_uuid(b, ""));
}

TEST_CASE("session: without any hint it is the caller's random id", "[translate]")
{
    CHECK(session_uuid({}, "5b1c") == "5b1c");
    CHECK(chat_plan(R"({"messages":[{"role":"assistant","content":"x"}]})").session_id ==
          lenient_context().random_uuid);
}

TEST_CASE("session: the turns of one conversation share it, other conversations do not", "[translate]")
{
    std::string const first = R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]})";
    std::string const second = R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},)"
                               R"({"role":"assistant","content":"b"},{"role":"user","content":"c"}]})";
    std::string const other = R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"z"}]})";

    CHECK(chat_plan(first).session_id == chat_plan(second).session_id);
    CHECK(chat_plan(first).session_id != chat_plan(other).session_id);
}

TEST_CASE("session: no client text leaves, only the UUID made from it (C27, C33)", "[translate]")
{
    auto const plan = chat_plan(
        chat_with(R"("prompt_cache_key":"my-secret-key","user":"alice@example.org","safety_identifier":"bob")"));

    CHECK(plan.upstream_body.find("my-secret-key") == std::string::npos);
    CHECK(plan.upstream_body.find("alice") == std::string::npos);
    CHECK(plan.upstream_body.find("bob") == std::string::npos);
    CHECK(sent(plan, "prompt_cache_key") == "\"" + plan.session_id + "\"");
    CHECK(plan.session_id.size() == 36);
    CHECK(plan.ignored.empty());
    CHECK(id_of(R"("prompt_cache_key":"my-secret-key")") == plan.session_id);
    CHECK(id_of(R"("user":"alice@example.org")") != plan.session_id);
}

TEST_CASE("session: the client's session header counts", "[translate]")
{
    auto context = lenient_context();
    context.session_header = "abc";
    auto const first = chat_plan(chat_with(""), context).session_id;

    CHECK(first != chat_plan(chat_with("")).session_id);
    CHECK(first == responses_plan(responses_with(""), context).session_id);
}

TEST_CASE("session: the header is found under its three names", "[translate]")
{
    CHECK(session_header_of({header("X-Session-ID", "a"), header("session_id", "b")}) == "a");
    CHECK(session_header_of({header("session_id", "b"), header("Session-Id", "c")}) == "c");
    CHECK(session_header_of({header("session_id", "b")}) == "b");
    CHECK(session_header_of({header("x-session-id", ""), header("session_id", "b")}) == "b");
    CHECK(session_header_of({header("cookie", "x")}).empty());
}
