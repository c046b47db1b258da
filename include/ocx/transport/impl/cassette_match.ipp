// Bodies of transport/cassette_match.hpp.
#pragma once

#include "ocx/transport/cassette_match.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <utility>

namespace ocx::transport::match_detail {

OCX_DECL std::string path_of(std::string const& target)
{
    return target.substr(0, target.find('?'));
}

/// A named model weighs more than all other rules together: it is asked for by name, the others fit by chance.
OCX_DECL std::size_t weight(match_rules const& rules)
{
    return std::size_t{rules.model.has_value()} * 4 + std::size_t{rules.tools.has_value()} +
           std::size_t{rules.schema.has_value()} + std::size_t{rules.tool_output.has_value()};
}

OCX_DECL bool ends_with_tool_output(json::view input)
{
    json::view last;
    for (auto const& item : input.elements())
        last = item;
    return last["type"].string_or("").ends_with("_output");
}

OCX_DECL void compare(std::optional<bool> rule, bool fact, char const* name, std::vector<std::string>& out)
{
    if (rule && *rule != fact)
        out.push_back(std::string(*rule ? "wants " : "wants no ") + name);
}

} // namespace ocx::transport::match_detail

namespace ocx::transport {

OCX_DECL request_facts facts_of(exchange_request const& request)
{
    request_facts out;
    out.method = request.method;
    out.path = match_detail::path_of(request.target);
    if (request.body.empty() || json::validate(request.body, 256))
        return out;
    auto const body = json::view::trusted(request.body);
    out.model = body["model"].string();
    out.tools = body["tools"].is_array() && body["tools"].size() > 0;
    auto const format = body["text"]["format"]["type"];
    out.schema = format.equals("json_schema") || format.equals("json_object");
    out.tool_output = match_detail::ends_with_tool_output(body["input"]);
    return out;
}

OCX_DECL std::vector<std::string> mismatches(cassette const& c, request_facts const& facts)
{
    std::vector<std::string> out;
    if (c.method != facts.method || match_detail::path_of(c.target) != facts.path)
        out.push_back("answers " + c.method + " " + match_detail::path_of(c.target));
    if (c.match.model && c.match.model != facts.model)
        out.push_back("wants the model " + *c.match.model);
    match_detail::compare(c.match.tools, facts.tools, "tools", out);
    match_detail::compare(c.match.schema, facts.schema, "JSON format", out);
    match_detail::compare(c.match.tool_output, facts.tool_output, "tool output at the end of the input", out);
    return out;
}

OCX_DECL cassette_shelf::cassette_shelf(std::vector<cassette> cassettes) : cassettes_(std::move(cassettes))
{
    std::stable_sort(cassettes_.begin(), cassettes_.end(),
                     [](cassette const& a, cassette const& b) { return a.name < b.name; });
    played_.resize(cassettes_.size(), false);
}

OCX_DECL outcome<std::size_t> cassette_shelf::take(exchange_request const& request)
{
    auto const facts = facts_of(request);
    std::vector<std::size_t> best;
    std::size_t most = 0;
    for (std::size_t i = 0; i < cassettes_.size(); ++i) {
        if (!mismatches(cassettes_[i], facts).empty())
            continue;
        auto const rules = match_detail::weight(cassettes_[i].match);
        if (rules > most)
            best.clear();
        most = std::max(most, rules);
        if (rules == most)
            best.push_back(i);
    }
    if (best.empty())
        return nothing_fits(facts);
    auto const fresh = std::find_if(best.begin(), best.end(), [&](std::size_t i) { return !played_[i]; });
    auto const chosen = fresh == best.end() ? best.back() : *fresh;
    played_[chosen] = true;
    return chosen;
}

OCX_DECL failure cassette_shelf::nothing_fits(request_facts const& facts) const
{
    std::string text = "No cassette answers " + facts.method + " " + facts.path + " (model " +
                       facts.model.value_or("not given") + ", " + (facts.tools ? "tools" : "no tools") + ", " +
                       (facts.schema ? "JSON format" : "plain text") +
                       (facts.tool_output ? ", tool output at the end)." : ").");
    std::vector<std::pair<std::size_t, std::string>> nearest;
    for (auto const& c : cassettes_) {
        auto const wrong = mismatches(c, facts);
        std::string line = " " + c.name + " ";
        for (auto const& phrase : wrong)
            line += (&phrase == &wrong.front() ? "" : " and ") + phrase;
        // Another path is further away than any rule.
        auto const is_elsewhere = !wrong.empty() && wrong.front().starts_with("answers ");
        nearest.emplace_back(wrong.size() + (is_elsewhere ? 10 : 0), line + ".");
    }
    std::stable_sort(nearest.begin(), nearest.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    if (nearest.empty())
        text += " There are no cassettes.";
    for (std::size_t i = 0; i < std::min<std::size_t>(nearest.size(), 3); ++i)
        text += nearest[i].second;
    return failure(errc::not_found, text);
}

} // namespace ocx::transport
