// The parameters both endpoints share, where the answer depends on the model.
#include "ocx/translate/settings.hpp"

#include "support/plans.hpp"

using namespace ocx;
using namespace ocx::test;
using namespace ocx::translate;

namespace {

/// A catalogue with gpt-x (low to high, no minimal) and gpt-codex-max (no efforts known, supports nothing optional).
request_context catalogue_context()
{
    static model_facts const gpt_x = [] {
        model_facts facts;
        facts.efforts = {"low", "medium", "high"};
        return facts;
    }();
    static model_facts const plain = [] {
        model_facts facts;
        facts.supports_verbosity = false;
        facts.supports_summary = false;
        facts.supports_parallel_calls = false;
        return facts;
    }();
    auto context = lenient_context();
    context.find_model = [](std::string_view slug) -> model_facts const* {
        if (slug == "gpt-x")
            return &gpt_x;
        return slug == "gpt-codex-max" || slug == "gpt-codex" ? &plain : nullptr;
    };
    return context;
}

call_plan plan_for(std::string const& members)
{
    return chat_plan(chat_with(members), catalogue_context());
}

} // namespace

TEST_CASE("model: the default stands in for none, null and empty", "[translate]")
{
    CHECK(chat_plan(chat_with("")).model == "gpt-test");
    CHECK(chat_plan(chat_with(R"("model":null)")).model == "gpt-test");
    CHECK(chat_plan(chat_with(R"("model":"")")).model == "gpt-test");
    CHECK(chat_plan(chat_with(R"("model":"gpt-9")")).model == "gpt-9");
    CHECK(chat_refusal(chat_with(""), request_context()) == "model missing_required_parameter");
}

TEST_CASE("model: provider prefixes are dropped (compatibility 44)", "[translate]")
{
    auto const plan = plan_for(R"("model":"openai/gpt-x")");

    CHECK(plan.model == "gpt-x");
    CHECK(plan.requested_model == "openai/gpt-x");
    CHECK(plan_for(R"("model":"a/b/gpt-x")").model == "gpt-x");
    CHECK(plan_for(R"("model":"odd/")").model == "odd/");
}

TEST_CASE("model: an effort suffix counts only when the catalogue lacks the whole name", "[translate]")
{
    auto const suffixed = plan_for(R"("model":"openai/gpt-x-high")");
    CHECK(suffixed.model == "gpt-x");
    CHECK(sent(suffixed, "reasoning") == R"({"effort":"high"})");
    CHECK(suffixed.adjusted == std::vector<std::string>{"model"});

    CHECK(plan_for(R"("model":"gpt-codex-max")").model == "gpt-codex-max");
    CHECK(plan_for(R"("model":"unknown-high")").model == "unknown-high");
    CHECK(plan_for(R"("model":"gpt-x-tiny")").model == "gpt-x-tiny");
    CHECK(sent(plan_for(R"("model":"gpt-x-high","reasoning_effort":"low")"), "reasoning") == R"({"effort":"low"})");
}

TEST_CASE("effort: clamped to the nearest one the model has (C31, compatibility 42)", "[translate]")
{
    struct row {
        char const* wanted;
        char const* sent;
        bool is_adjusted;
    };
    row const rows[] = {
        {"none", "low", true},   {"minimal", "low", true}, {"low", "low", false}, {"medium", "medium", false},
        {"high", "high", false}, {"xhigh", "high", true},  {"max", "high", true}, {"ultra", "high", true},
    };
    for (auto const& r : rows) {
        INFO(r.wanted);
        auto const plan = plan_for(std::string(R"("model":"gpt-x","reasoning_effort":")") + r.wanted + "\"");

        CHECK(sent(plan, "reasoning") == std::string(R"({"effort":")") + r.sent + "\"}");
        CHECK(lists(plan.adjusted, "reasoning_effort") == r.is_adjusted);
    }
}

TEST_CASE("effort: without a catalogue it is sent as asked, ultra as max", "[translate]")
{
    CHECK(sent(chat_plan(chat_with(R"("reasoning_effort":"xhigh")")), "reasoning") == R"({"effort":"xhigh"})");
    CHECK(sent(chat_plan(chat_with(R"("reasoning_effort":"ultra")")), "reasoning") == R"({"effort":"max"})");
    CHECK(sent(chat_plan(chat_with("")), "reasoning") == "absent");
    CHECK(sent(plan_for(R"("model":"gpt-codex-max","reasoning_effort":"minimal")"), "reasoning") ==
          R"({"effort":"minimal"})");
}

TEST_CASE("effort: an unknown level of a newer catalogue does not confuse the clamping", "[translate]")
{
    model_facts facts;
    facts.efforts = {"turbo", "medium", "xhigh"};
    auto context = lenient_context();
    context.find_model = [&](std::string_view) { return &facts; };

    CHECK(sent(chat_plan(chat_with(R"("reasoning_effort":"high")"), context), "reasoning") == R"({"effort":"medium"})");
}

TEST_CASE("model facts: what the model lacks is left out and said (C30)", "[translate]")
{
    auto const plan = plan_for(
        R"("model":"gpt-codex-max","verbosity":"low","parallel_tool_calls":true,"reasoning":{"summary":"auto"})");

    CHECK(sent(plan, "text") == "absent");
    CHECK(sent(plan, "reasoning") == "absent");
    CHECK(sent(plan, "parallel_tool_calls") == "false");
    CHECK(plan.adjusted == std::vector<std::string>{"reasoning.summary", "verbosity", "parallel_tool_calls"});
    CHECK(plan_for(R"("model":"gpt-codex-max")").adjusted.empty());
}

TEST_CASE("verbosity is sent as asked and never forced (C30)", "[translate]")
{
    CHECK(sent(plan_for(R"("model":"gpt-x","verbosity":"low")"), "text") == R"({"verbosity":"low"})");
    CHECK(sent(plan_for(R"("model":"gpt-x")"), "text") == "absent");
}

TEST_CASE("reasoning summaries in chat only when the request asks for one (compatibility 81)", "[translate]")
{
    auto const plan = plan_for(R"("model":"gpt-x","reasoning":{"effort":"low","summary":"detailed"})");

    CHECK(plan.wants_reasoning_text);
    CHECK(sent(plan, "reasoning") == R"({"effort":"low","summary":"detailed"})");
    CHECK_FALSE(plan_for(R"("model":"gpt-x","reasoning_effort":"low")").wants_reasoning_text);
}

TEST_CASE("reasoning summaries in chat as the server is set (compatibility 82, 85)", "[translate]")
{
    auto context = catalogue_context();
    auto const plan_of = [&](std::string const& members) { return chat_plan(chat_with(members), context); };
    context.reasoning = reasoning_text::think_tags;
    CHECK(plan_of(R"("model":"gpt-x")").wants_think_tags);
    CHECK_FALSE(plan_of(R"("model":"gpt-x")").wants_reasoning_text);
    CHECK(sent(plan_of(R"("model":"gpt-x")"), "reasoning") == R"({"summary":"auto"})");
    CHECK(sent(plan_of(R"("model":"gpt-x","reasoning":{"summary":"none"})"), "reasoning") == "absent");

    context.reasoning = reasoning_text::field;
    CHECK(plan_of(R"("model":"gpt-x")").wants_reasoning_text);
    CHECK(sent(plan_of(R"("model":"gpt-x","reasoning":{"summary":"detailed"})"), "reasoning") ==
          R"({"summary":"detailed"})");

    context.reasoning = reasoning_text::off;
    auto const off = plan_of(R"("model":"gpt-x","reasoning":{"summary":"auto"})");
    CHECK_FALSE(off.wants_reasoning_text);
    CHECK(sent(off, "reasoning") == "absent");
    CHECK(off.adjusted == std::vector<std::string>{"reasoning.summary"});
}

TEST_CASE("service tier: only priority leaves (C32, compatibility 41)", "[translate]")
{
    struct row {
        char const* tier;
        char const* sent;
        bool is_ignored;
    };
    row const rows[] = {
        {"priority", "\"priority\"", false}, {"fast", "\"priority\"", false}, {"auto", "absent", false},
        {"default", "absent", false},        {"flex", "absent", true},        {"scale", "absent", true},
    };
    for (auto const& r : rows) {
        INFO(r.tier);
        auto const plan = chat_plan(chat_with(std::string(R"("service_tier":")") + r.tier + "\""));

        CHECK(sent(plan, "service_tier") == r.sent);
        CHECK(lists(plan.ignored, "service_tier") == r.is_ignored);
    }
}

TEST_CASE("metadata: 16 pairs of 64 and 512 characters, counted as characters (R07)", "[translate]")
{
    auto const pairs = [](int count) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
        return "\"metadata\":{" + text + "}";
    };
    std::string wide;
    for (int i = 0; i < 512; ++i)
        wide += "\xc3\xa9";

    CHECK(responses_refusal(responses_with(pairs(16))) == "accepted");
    CHECK(responses_refusal(responses_with(pairs(17))) == "metadata object_above_max_properties");
    CHECK(responses_refusal(responses_with("\"metadata\":{\"" + std::string(64, 'k') + "\":\"\"}")) == "accepted");
    CHECK(responses_refusal(responses_with("\"metadata\":{\"" + std::string(65, 'k') + "\":\"\"}")) ==
          "metadata string_above_max_length");
    CHECK(responses_refusal(responses_with("\"metadata\":{\"k\":\"" + wide + "\"}")) == "accepted");
    CHECK(responses_refusal(responses_with("\"metadata\":{\"k\":\"" + wide + "x\"}")) ==
          "metadata.k string_above_max_length");
}
