#pragma once

#include "ocx/protocol/model.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ocx::protocol {

namespace detail {

// The catalogue has no creation dates. A constant is honest enough and keeps the document stable between calls.
inline constexpr std::int64_t model_created = 1'735'689'600; // 2025-01-01

inline model_entry read_entry(json::view entry)
{
    model_entry model;
    model.slug = entry["slug"].string_or("");
    model.display_name = entry["display_name"].string_or(model.slug);
    model.default_effort = entry["default_reasoning_level"].string_or("");
    for (auto const& level : entry["supported_reasoning_levels"].elements())
        if (auto effort = level["effort"].string())
            model.efforts.push_back(*std::move(effort));
    model.priority = static_cast<long>(entry["priority"].integer().value_or(0));
    auto const visibility = entry["visibility"];
    model.is_listed =
        (!visibility.has_value() || visibility.equals("list")) && entry["supported_in_api"].boolean().value_or(true);
    model.supports_summary = entry["supports_reasoning_summary_parameter"].boolean().value_or(
        entry["supports_reasoning_summaries"].boolean().value_or(true));
    model.supports_verbosity = entry["support_verbosity"].boolean().value_or(true);
    model.supports_parallel_calls = entry["supports_parallel_tool_calls"].boolean().value_or(true);
    return model;
}

inline void write_model(json::writer& out, model_entry const& entry)
{
    out.begin_object()
        .member("id", entry.slug)
        .member("object", "model")
        .member("created", model_created)
        .member("owned_by", "openai")
        .end_object();
}

} // namespace detail

OCX_DECL outcome<std::vector<model_entry>> parse_catalogue(std::string_view body)
{
    if (json::validate(body))
        return failure(errc::protocol_error, "The backend's model catalogue is not JSON.");
    auto const models = json::view::trusted(body)["models"];
    if (!models.is_array())
        return failure(errc::protocol_error, "The backend's answer has no list of models.");
    std::vector<model_entry> catalogue;
    for (auto const& entry : models.elements()) {
        auto model = detail::read_entry(entry);
        if (!model.slug.empty())
            catalogue.push_back(std::move(model));
    }
    if (catalogue.empty())
        return failure(errc::protocol_error, "The backend lists no models for this client version.");
    std::stable_sort(catalogue.begin(), catalogue.end(),
                     [](auto const& a, auto const& b) { return a.priority < b.priority; });
    return catalogue;
}

OCX_DECL std::vector<model_entry> builtin_catalogue()
{
    static constexpr char const* slugs[] = {"gpt-6.1-sol", "gpt-6-astra",   "gpt-6-sol",    "gpt-6-luna",
                                            "gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-5.5"};
    std::vector<model_entry> catalogue;
    for (auto const* slug : slugs) {
        model_entry entry;
        entry.slug = slug;
        entry.display_name = slug;
        entry.efforts = {"low", "medium", "high", "xhigh", "max"};
        entry.default_effort = "medium";
        entry.priority = static_cast<long>(catalogue.size());
        catalogue.push_back(std::move(entry));
    }
    return catalogue;
}

OCX_DECL std::string models_document(std::vector<model_entry> const& catalogue)
{
    std::string text;
    json::writer out(text);
    out.begin_object().member("object", "list").key("data").begin_array();
    for (auto const& entry : catalogue)
        if (entry.is_listed)
            detail::write_model(out, entry);
    out.end_array().end_object();
    return text;
}

OCX_DECL std::string model_names(std::vector<model_entry> const& catalogue, std::size_t most)
{
    std::string text;
    std::size_t listed = 0;
    for (auto const& entry : catalogue)
        if (entry.is_listed && ++listed <= most)
            text.append(text.empty() ? "" : ", ").append(entry.slug);
    if (listed > most)
        text += " and " + std::to_string(listed - most) + " more";
    return text;
}

OCX_DECL std::string model_document(model_entry const& entry)
{
    std::string text;
    json::writer out(text);
    detail::write_model(out, entry);
    return text;
}

} // namespace ocx::protocol
