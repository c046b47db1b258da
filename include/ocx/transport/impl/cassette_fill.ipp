// Bodies of transport/cassette_fill.hpp.
#pragma once

#include "ocx/transport/cassette_fill.hpp"
#include "ocx/transport/schema_sample.hpp"
#include "ocx/util/digest.hpp"
#include "ocx/util/json.hpp"

#include <utility>

namespace ocx::transport::fill_detail {

/// All tools of the request; those inside a namespace stand beside the others.
OCX_DECL std::vector<json::view> tools_of(json::view body)
{
    std::vector<json::view> out;
    for (auto const& tool : body["tools"].elements()) {
        out.push_back(tool);
        for (auto const& inner : tool["tools"].elements())
            out.push_back(inner);
    }
    return out;
}

/// The tool that a model obeying the request would call; absent when there is none with a name.
OCX_DECL json::view called_tool(json::view body)
{
    auto const choice = body["tool_choice"];
    auto wanted = choice["name"].string_or("");
    if (wanted.empty())
        wanted = choice["tools"].at(0)["name"].string_or("");
    json::view function;
    json::view any;
    for (auto const& tool : tools_of(body)) {
        if (!wanted.empty() && tool["name"].equals(wanted))
            return tool;
        if (!function && tool["type"].equals("function"))
            function = tool;
        if (!any && tool["name"].is_string())
            any = tool;
    }
    return function ? function : any;
}

struct replacement {
    std::string marker;
    std::string text;
};

OCX_DECL std::vector<replacement> replacements(cassette const& c, std::string_view request_body)
{
    std::vector<replacement> out;
    for (auto const& rule : c.fills) {
        auto text = fill_text(rule.source, request_body);
        for (int level = 0; level < rule.levels; ++level) {
            std::string escaped;
            json::append_escaped(escaped, text);
            text = std::move(escaped);
        }
        out.push_back({rule.marker, std::move(text)});
    }
    return out;
}

/// The marker that stands first at or after `from`, the longest of several at one place.
OCX_DECL std::pair<std::size_t, replacement const*> next_marker(std::string const& bytes, std::size_t from,
                                                                std::vector<replacement> const& all)
{
    std::pair<std::size_t, replacement const*> best(std::string::npos, nullptr);
    for (auto const& one : all) {
        auto const at = bytes.find(one.marker, from);
        auto const is_longer = best.second && one.marker.size() > best.second->marker.size();
        if (at < best.first || (at == best.first && at != std::string::npos && is_longer))
            best = std::pair(at, &one);
    }
    return best;
}

OCX_DECL tape recorded_tape(cassette const& c)
{
    tape out;
    for (auto const& frame : c.frames) {
        out.bytes += frame.bytes;
        out.cuts.push_back({out.bytes.size(), frame.at});
    }
    return out;
}

} // namespace ocx::transport::fill_detail

namespace ocx::transport {

OCX_DECL std::string fill_text(fill_source source, std::string_view request_body)
{
    if (source == fill_source::digest)
        return sha1_hex(request_body, 24);
    json::view body;
    if (!json::validate(request_body, 256))
        body = json::view::trusted(request_body);
    if (source == fill_source::model)
        return body["model"].string_or("");
    if (source == fill_source::schema_sample)
        return schema_sample(body["text"]["format"]["schema"]);
    auto const tool = fill_detail::called_tool(body);
    if (source == fill_source::tool_name)
        return tool["name"].string_or("tool");
    return schema_sample(tool["parameters"]);
}

OCX_DECL tape make_tape(cassette const& c, std::string_view request_body)
{
    auto const recorded = fill_detail::recorded_tape(c);
    auto const all = fill_detail::replacements(c, request_body);
    tape out;
    std::size_t done = 0; // bytes of the recording that are in `out`
    auto next = fill_detail::next_marker(recorded.bytes, 0, all);
    for (auto const& cut : recorded.cuts) {
        while (next.first < cut.end) {
            out.bytes.append(recorded.bytes, done, next.first - done);
            out.bytes += next.second->text;
            done = next.first + next.second->marker.size();
            next = fill_detail::next_marker(recorded.bytes, done, all);
        }
        if (cut.end > done) {
            out.bytes.append(recorded.bytes, done, cut.end - done);
            done = cut.end;
        }
        // A read that lay inside a marker has nothing left to deliver.
        if (out.bytes.size() > (out.cuts.empty() ? 0 : out.cuts.back().end))
            out.cuts.push_back({out.bytes.size(), cut.at});
    }
    return out;
}

} // namespace ocx::transport
