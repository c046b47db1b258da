#include "ocx/translate/event_kind.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <set>
#include <string>

using namespace ocx::translate;

TEST_CASE("event_kind: all 58 public types are known, and three aliases", "[translate]")
{
    std::set<std::string_view> types;
    for (auto const& row : event_table) {
        CHECK(row.kind != event_kind::dropped);
        types.insert(row.type);
    }
    auto const aliases = std::set<std::string_view>{"response.done", "response.cancelled", "response.canceled"};
    CHECK(types.size() == event_table.size());
    CHECK(types.size() == 58 + aliases.size());
    CHECK(std::includes(types.begin(), types.end(), aliases.begin(), aliases.end()));
}

TEST_CASE("event_kind: what is not public is dropped", "[translate]")
{
    for (auto const* type : {"", "codex.rate_limits", "codex.response.metadata", "response.metadata", "keepalive",
                             "responsesapi.websocket_timing", "response.future_thing", "response.output_text",
                             "response.output_text.delta.x", "Response.created"})
        CHECK(find_event(type).kind == event_kind::dropped);
}

TEST_CASE("event_kind: each channel's events are found under its own name", "[translate]")
{
    for (auto const c : {channel::text, channel::refusal, channel::reasoning_text, channel::summary, channel::arguments,
                         channel::custom_input}) {
        auto const spelling = spelling_of(c);
        CHECK(find_event(spelling.delta_type).kind == event_kind::delta);
        CHECK(find_event(spelling.delta_type).channel == c);
        CHECK(find_event(spelling.done_type).kind == event_kind::text_done);
        CHECK(find_event(spelling.done_type).channel == c);
        CHECK(spelling.part_added.empty() == spelling.index_member.empty());
        if (!spelling.part_added.empty())
            CHECK(find_event(spelling.part_added).kind == event_kind::part_added);
    }
    CHECK(spelling_of(channel::none).delta_type.empty());
}
