#include "ocx/translate/chat_writer.hpp"

#include "support/catch.hpp"

#include <string>

using namespace ocx;
using namespace ocx::translate;

namespace {

chat_identity identity_of(std::string const& response)
{
    response_facts facts("gpt-plan", 1'789'000'005);
    facts.learn(json::view::trusted(response));
    return identify(facts);
}

} // namespace

TEST_CASE("chat_writer: an id is chatcmpl- and 29 letters and digits, the same for the same response", "[translate]")
{
    auto const id = identity_of(R"({"id":"resp_1"})").id;

    CHECK(id.starts_with("chatcmpl-"));
    CHECK(id.size() == 9 + 29);
    CHECK(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 9) ==
          std::string::npos);
    CHECK(identity_of(R"({"id":"resp_1"})").id == id);
    CHECK(identity_of(R"({"id":"resp_2"})").id != id);
}

TEST_CASE("chat_writer: facts that upstream leaves out come from the plan", "[translate]")
{
    auto const who = identity_of(R"({"id":"resp_1"})");

    CHECK(who.model == "gpt-plan");
    CHECK(who.created == 1'789'000'005);
    CHECK(who.service_tier == "default");
    CHECK(identity_of(R"({"model":"gpt-5.6-luna-2026"})").model == "gpt-5.6-luna-2026");
    CHECK(identity_of(R"({"created_at":1789000000.0})").created == 1'789'000'000);
}

TEST_CASE("chat_writer: only tiers of chat's enum are shown", "[translate]")
{
    CHECK(identity_of(R"({"service_tier":"priority"})").service_tier == "priority");
    CHECK(identity_of(R"({"service_tier":"auto"})").service_tier == "default");
    CHECK(identity_of(R"({"service_tier":"ultrafast"})").service_tier == "default");
}

TEST_CASE("chat_writer: the fingerprint is stable for a model", "[translate]")
{
    auto const print = identity_of(R"({"model":"a"})").system_fingerprint;

    CHECK(print.starts_with("fp_"));
    CHECK(print == identity_of(R"({"model":"a","id":"x"})").system_fingerprint);
    CHECK(print != identity_of(R"({"model":"b"})").system_fingerprint);
}
