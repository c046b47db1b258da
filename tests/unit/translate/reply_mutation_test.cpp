// Damage to upstream streams: whatever the backend leaves out, repeats, reorders or misspells, the client gets a stream
// that every accumulator takes, or a failure in the client's own terms. Systematic first, then seeded random damage.
#include "ocx/translate/reply.hpp"

#include "ocx/util/json.hpp"

#include "support/catch.hpp"
#include "support/chat_laws.hpp"
#include "support/image_laws.hpp"
#include "support/replies.hpp"
#include "support/responses_laws.hpp"
#include "support/stream_fixtures.hpp"

#include <boost/json.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace ocx;
using namespace ocx::test;

namespace {

struct named_plan {
    std::string name;
    translate::call_plan plan;
};

std::vector<named_plan> all_plans()
{
    auto full_responses = responses_plan();
    full_responses.wants_encrypted_reasoning = true;
    full_responses.strips_obfuscation = true;
    full_responses.tool_names.emplace_back("get_weather", "the_original_name");
    auto full_chat = chat_plan();
    full_chat.has_usage_chunk = true;
    full_chat.wants_reasoning_text = true;
    full_chat.wants_logprobs = true;
    auto legacy = chat_plan();
    legacy.wants_legacy_function_call = true;
    auto images = responses_plan();
    images.endpoint = translate::endpoint::images;
    images.partial_images = 2;
    return {{"responses", full_responses},      {"responses, whole", responses_plan(mode::whole)}, {"chat", full_chat},
            {"chat, legacy functions", legacy}, {"chat, whole", chat_plan(mode::whole)},           {"images", images}};
}

/// What no relay can mend: the backend's deltas do not make up its own texts, and words cannot be taken back.
bool is_contradiction(std::string const& breach)
{
    return breach.starts_with("the deltas sum up") || breach.starts_with("the part has the text of its deltas") ||
           breach.starts_with("the finished item has what was streamed");
}

/// Every breach of a law, with the damaged stream, so that a failure can be replayed.
void judge(event_list const& events, std::string const& damage)
{
    static auto const plans = all_plans();
    for (auto const& [name, plan] : plans) {
        auto const run = run_reply(plan, events);
        std::vector<std::string> breaches;
        if (!plan.is_stream)
            breaches = run.error || !json::validate(run.body) ? breaches : std::vector<std::string>{"not JSON"};
        else if (plan.endpoint == translate::endpoint::responses)
            breaches = judge_responses(run.bytes).violations;
        else if (plan.endpoint == translate::endpoint::images)
            breaches = judge_images(run.bytes, plan.partial_images);
        else
            breaches = judge_chat(run.bytes, plan.has_usage_chunk).violations;
        std::erase_if(breaches, is_contradiction);
        if (breaches.empty())
            continue;
        std::string stream;
        for (auto const& event : events)
            stream += event + "\n";
        FAIL(damage << " as " << name << ": " << breaches.front() << "\n" << stream << "gave\n" << run.bytes);
    }
}

bool is_terminal(std::string const& event)
{
    return event.find("response.completed") != std::string::npos ||
           event.find("response.incomplete") != std::string::npos;
}

/// JSON pointers of all members and elements of `value`, the deepest last.
void collect(bj::value const& value, std::string const& at, std::vector<std::string>& pointers)
{
    if (auto const* object = value.if_object()) {
        for (auto const& member : *object) {
            auto const pointer = at + "/" + std::string(member.key());
            pointers.push_back(pointer);
            collect(member.value(), pointer, pointers);
        }
    } else if (auto const* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            auto const pointer = at + "/" + std::to_string(i);
            pointers.push_back(pointer);
            collect((*array)[i], pointer, pointers);
        }
    }
}

void erase_at(bj::value& root, std::string const& pointer)
{
    auto const slash = pointer.rfind('/');
    auto& parent = slash == 0 ? root : root.at_pointer(pointer.substr(0, slash));
    if (auto* object = parent.if_object())
        object->erase(pointer.substr(slash + 1));
    else
        parent.get_array().clear();
}

/// The same event with one thing wrong, in every place.
std::vector<std::pair<std::string, std::string>> damaged(std::string const& event)
{
    std::vector<std::pair<std::string, std::string>> all;
    auto const whole = bj::parse(event);
    std::vector<std::string> pointers;
    collect(whole, "", pointers);
    for (auto const& pointer : pointers) {
        // The echo of the request is copied, not read: one of its members stands for all.
        if (pointer.starts_with("/response/") && pointer.find("/usage") == std::string::npos &&
            pointer != "/response/id" && pointer != "/response/status" && pointer != "/response/output" &&
            pointer != "/response/created_at" && pointer.find("incomplete_details") == std::string::npos)
            continue;
        auto without = whole;
        erase_at(without, pointer);
        all.emplace_back("without " + pointer, bj::serialize(without));
        for (auto const* wrong : {"null", "-1", "\"\"", R"({"x":1})"}) {
            auto changed = whole;
            changed.at_pointer(pointer) = bj::parse(wrong);
            all.emplace_back(pointer + " = " + wrong, bj::serialize(changed));
        }
    }
    return all;
}

} // namespace

TEST_CASE("reply: an upstream event may be missing, repeated or in another place", "[translate]")
{
    for (auto const& [name, events] : good_streams()) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto const at = name + ", event " + std::to_string(i);
            auto changed = events;
            changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
            judge(changed, at + " missing");

            changed = events;
            changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), events[i]);
            judge(changed, at + " twice");

            for (auto const to : {std::size_t(0), i + 1, i + 2, events.size() - 1}) {
                if (to >= events.size() || is_terminal(events[i]))
                    continue;
                changed = events;
                changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
                changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(to), events[i]);
                judge(changed, at + " moved to " + std::to_string(to));
            }
        }
    }
}

TEST_CASE("reply: any member of an upstream event may be missing or wrong", "[translate]")
{
    // One of each kind of item; the others differ in their numbers only.
    for (auto const& [name, events] : {named_stream{"F02", f02().numbered()}, named_stream{"F03", f03().numbered()},
                                       named_stream{"F05", f05().numbered()}, named_stream{"F06b", f06b().numbered()},
                                       named_stream{"F07", f07().numbered()}, named_stream{"F08", f08().numbered()},
                                       named_stream{"F10", f10().numbered()}, named_stream{"F23", f23().plain()}}) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            for (auto const& [damage, event] : damaged(events[i])) {
                auto changed = events;
                changed[i] = event;
                judge(changed, name + ", event " + std::to_string(i) + ": " + damage);
            }
        }
    }
}

TEST_CASE("reply: several things may be wrong at once", "[translate]")
{
    std::mt19937 random(20261125);
    auto const pick = [&random](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
    };
    auto const streams = good_streams();
    for (int round = 0; round < 200; ++round) {
        auto const& [name, base] = streams[pick(streams.size())];
        auto events = base;
        auto damage = name + " round " + std::to_string(round);
        for (auto wounds = 2 + pick(3); wounds > 0 && !events.empty(); --wounds) {
            auto const i = pick(events.size());
            auto const at = events.begin() + static_cast<std::ptrdiff_t>(i);
            switch (pick(4)) {
            case 0:
                events.erase(at);
                break;
            case 1: // an event of another stream
            {
                auto const& other = streams[pick(streams.size())].events;
                events.insert(at, other[pick(other.size())]);
                break;
            }
            case 2:
                std::swap(events[i], events[pick(events.size())]);
                break;
            default:
                auto const all = damaged(events[i]);
                if (!all.empty())
                    events[i] = all[pick(all.size())].second;
            }
        }
        judge(events, damage);
    }
}
